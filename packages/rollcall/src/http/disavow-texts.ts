/** The texts of the page "This wasn't me", in the languages of the screen. */
export interface DisavowTexts {
  readonly direction?: "rtl";
  readonly ask: string;
  readonly explain: string;
  readonly confirm: string;
  readonly ended: string;
  readonly endedBefore: string;
  readonly changePassword: string;
  readonly invalid: string;
  readonly seeList: string;
  readonly failed: string;
  readonly tryAgain: string;
}

const english: DisavowTexts = {
  ask: "Was this not you?",
  explain:
    "The device of that sign-in will be signed out. You stay signed in on your other devices.",
  confirm: "Sign that device out",
  ended: "That device is signed out",
  endedBefore: "It was signed out already",
  changePassword: "Now change your password: whoever signed in there knew it.",
  invalid: "This link is no longer good",
  seeList: "Sign in and look at the list of your sessions. You can end any of them there.",
  failed: "That did not work",
  tryAgain: "The device may still be signed in. Go back and try again in a moment.",
};

const texts: ReadonlyMap<string, DisavowTexts> = new Map<string, DisavowTexts>([
  ["en", english],
  [
    "de",
    {
      ask: "Waren Sie das nicht?",
      explain:
        "Das Gerät dieser Anmeldung wird abgemeldet. Auf Ihren anderen Geräten bleiben Sie angemeldet.",
      confirm: "Dieses Gerät abmelden",
      ended: "Das Gerät ist abgemeldet",
      endedBefore: "Es war schon abgemeldet",
      changePassword: "Ändern Sie jetzt Ihr Passwort: Wer sich dort angemeldet hat, kannte es.",
      invalid: "Dieser Link gilt nicht mehr",
      seeList: "Melden Sie sich an. In der Liste Ihrer Geräte können Sie jedes abmelden.",
      failed: "Das hat nicht geklappt",
      tryAgain:
        "Das Gerät ist vielleicht noch angemeldet. Gehen Sie zurück und versuchen Sie es gleich noch einmal.",
    },
  ],
  [
    "fr",
    {
      ask: "Ce n’était pas vous ?",
      explain:
        "L’appareil de cette connexion sera déconnecté. Vous restez connecté sur vos autres appareils.",
      confirm: "Déconnecter cet appareil",
      ended: "L’appareil est déconnecté",
      endedBefore: "Il était déjà déconnecté",
      changePassword:
        "Changez maintenant votre mot de passe : la personne qui s’est connectée le connaissait.",
      invalid: "Ce lien n’est plus valable",
      seeList:
        "Connectez-vous et ouvrez la liste de vos appareils : vous pouvez y déconnecter chacun d’eux.",
      failed: "Cela n’a pas fonctionné",
      tryAgain:
        "L’appareil est peut-être encore connecté. Revenez en arrière et réessayez dans un instant.",
    },
  ],
  [
    "es",
    {
      ask: "¿No has sido tú?",
      explain:
        "Se cerrará la sesión en el dispositivo de ese acceso. En los demás seguirás con la sesión iniciada.",
      confirm: "Cerrar sesión en ese dispositivo",
      ended: "Se ha cerrado la sesión en ese dispositivo",
      endedBefore: "La sesión ya estaba cerrada",
      changePassword: "Cambia ahora tu contraseña: quien accedió la conocía.",
      invalid: "Este enlace ya no es válido",
      seeList:
        "Inicia sesión y abre la lista de tus dispositivos: allí puedes cerrar la sesión en cualquiera.",
      failed: "No se ha podido hacer",
      tryAgain:
        "Puede que el dispositivo siga con la sesión iniciada. Vuelve atrás e inténtalo de nuevo en un momento.",
    },
  ],
  [
    "ja",
    {
      ask: "このログインに心当たりがありませんか？",
      explain: "ログインしたデバイスをログアウトします。他のデバイスはログインしたままです。",
      confirm: "そのデバイスをログアウト",
      ended: "デバイスをログアウトしました",
      endedBefore: "すでにログアウトされています",
      changePassword:
        "今すぐパスワードを変更してください。ログインした人はパスワードを知っています。",
      invalid: "このリンクは無効になりました",
      seeList:
        "ログインしてデバイスの一覧を開いてください。どのデバイスもそこからログアウトできます。",
      failed: "処理できませんでした",
      tryAgain:
        "デバイスはまだログインしているかもしれません。前のページに戻り、しばらくしてからもう一度お試しください。",
    },
  ],
  [
    "zh",
    {
      ask: "这不是您本人的操作吗？",
      explain: "该次登录的设备将被退出登录。您在其他设备上仍保持登录。",
      confirm: "将该设备退出登录",
      ended: "该设备已退出登录",
      endedBefore: "该设备此前已退出登录",
      changePassword: "请立即更改密码：登录的人知道您的密码。",
      invalid: "此链接已失效",
      seeList: "请登录并查看您的设备列表，您可以在那里将任何设备退出登录。",
      failed: "操作未成功",
      tryAgain: "该设备可能仍处于登录状态。请返回并稍后重试。",
    },
  ],
  [
    "ar",
    {
      direction: "rtl",
      ask: "ألم تكن أنت؟",
      explain:
        "سيُسجَّل الخروج من الجهاز الذي تم تسجيل الدخول منه، وتبقى مسجّل الدخول على أجهزتك الأخرى.",
      confirm: "تسجيل الخروج من ذلك الجهاز",
      ended: "تم تسجيل الخروج من ذلك الجهاز",
      endedBefore: "كان قد تم تسجيل الخروج منه من قبل",
      changePassword: "غيّر كلمة المرور الآن: من سجّل الدخول هناك كان يعرفها.",
      invalid: "لم يعد هذا الرابط صالحًا",
      seeList: "سجّل الدخول وافتح قائمة أجهزتك، حيث يمكنك تسجيل الخروج من أيٍّ منها.",
      failed: "تعذّر تنفيذ ذلك",
      tryAgain: "ربما لا يزال الجهاز مسجّل الدخول. ارجع وحاول مرة أخرى بعد قليل.",
    },
  ],
]);

/** The best of the languages that a browser accepts (RFC 9110 §12.5.4), else English. */
export function disavowTexts(accepted: string | null): { readonly lang: string } & DisavowTexts {
  const wanted = (accepted ?? "")
    .split(",")
    .map((part) => {
      const [range = "", weight] = part.split(";");
      const quality = /^\s*q=([01](?:\.\d{0,3})?)\s*$/i.exec(weight ?? "")?.[1];
      return {
        lang: /^[a-z]+/i.exec(range.trim())?.[0].toLowerCase() ?? "",
        q: Number(quality ?? 1),
      };
    })
    .filter(({ lang, q }) => q > 0 && texts.has(lang))
    .sort((one, other) => other.q - one.q);
  const lang = wanted[0]?.lang ?? "en";
  return { lang, ...(texts.get(lang) ?? english) };
}
