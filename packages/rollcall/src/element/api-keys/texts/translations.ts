import type { Language } from "../../texts/languages.js";
import type { ApiKeyTexts } from "./api-key-texts.js";

const en: ApiKeyTexts = {
  create: "Create a key",
  name: "Name",
  scopes: "Permissions",
  end: "Expires",
  never: "Never",
  confirm: "Create",
  shownOnce: "Copy this key now. It won’t be shown again.",
  copy: "Copy",
  copied: "Copied",
  done: "Done",
  none: "You have no API keys.",
  made: "{name} was created.",
};

const de: ApiKeyTexts = {
  create: "Schlüssel erstellen",
  name: "Name",
  scopes: "Berechtigungen",
  end: "Gültig",
  never: "Ohne Ende",
  confirm: "Erstellen",
  shownOnce: "Kopiere diesen Schlüssel jetzt. Er wird nicht noch einmal angezeigt.",
  copy: "Kopieren",
  copied: "Kopiert",
  done: "Fertig",
  none: "Du hast keine API-Schlüssel.",
  made: "{name} wurde erstellt.",
};

const es: ApiKeyTexts = {
  create: "Crear una clave",
  name: "Nombre",
  scopes: "Permisos",
  end: "Validez",
  never: "Sin caducidad",
  confirm: "Crear",
  shownOnce: "Copia esta clave ahora. No se volverá a mostrar.",
  copy: "Copiar",
  copied: "Copiada",
  done: "Listo",
  none: "No tienes claves de API.",
  made: "Se ha creado {name}.",
};

const fr: ApiKeyTexts = {
  create: "Créer une clé",
  name: "Nom",
  scopes: "Autorisations",
  end: "Validité",
  never: "Sans limite",
  confirm: "Créer",
  shownOnce: "Copiez cette clé maintenant. Elle ne sera plus affichée.",
  copy: "Copier",
  copied: "Copiée",
  done: "Terminé",
  none: "Vous n’avez aucune clé d’API.",
  made: "{name} a été créée.",
};

const ar: ApiKeyTexts = {
  create: "إنشاء مفتاح",
  name: "الاسم",
  scopes: "الأذونات",
  end: "مدة الصلاحية",
  never: "بلا نهاية",
  confirm: "إنشاء",
  shownOnce: "انسخ هذا المفتاح الآن، فلن يظهر مرة أخرى.",
  copy: "نسخ",
  copied: "تم النسخ",
  done: "تم",
  none: "ليس لديك مفاتيح API.",
  made: "تم إنشاء {name}.",
};

const ja: ApiKeyTexts = {
  create: "キーを作成",
  name: "名前",
  scopes: "権限",
  end: "有効期間",
  never: "無期限",
  confirm: "作成",
  shownOnce: "このキーを今すぐコピーしてください。再び表示されることはありません。",
  copy: "コピー",
  copied: "コピーしました",
  done: "完了",
  none: "API キーはありません。",
  made: "{name} を作成しました。",
};

const zh: ApiKeyTexts = {
  create: "创建密钥",
  name: "名称",
  scopes: "权限",
  end: "有效期",
  never: "永不过期",
  confirm: "创建",
  shownOnce: "请立即复制此密钥，之后不会再显示。",
  copy: "复制",
  copied: "已复制",
  done: "完成",
  none: "你没有 API 密钥。",
  made: "{name} 已创建。",
};

/** By the tags of the screen's languages. */
export const keyTranslations: Readonly<Record<string, ApiKeyTexts>> = {
  ar,
  de,
  en,
  es,
  fr,
  ja,
  zh,
};

/** What the page added stands before what is here. */
export function keyTextsOf({ tag, texts }: Language): ApiKeyTexts {
  return { ...en, ...keyTranslations[tag], ...texts.keys };
}
