import { nothing, type TemplateResult } from "lit/html.js";
import type { Client, ListedSession } from "../client/client-api.js";
import { createClient } from "../client/index.js";
import { controlStyles } from "./control-styles.js";
import { isSameDevice, recordedPlace } from "./describe.js";
import { DrawnElement, type PropertyOptions } from "./drawn-element.js";
import type { SessionsEventMap } from "./element-events.js";
import { createFocusKeeper } from "./focus.js";
import { createLiveList, type LiveList } from "./live-list.js";
import { pageStyles } from "./page-styles.js";
import { followPage, languageAt } from "./presence.js";
import { rowStyles } from "./row-styles.js";
import { placeRows } from "./rows.js";
import type { Screen } from "./screen.js";
import { PAGE } from "./session-list.js";
import { sessionRow } from "./session-row.js";
import { createSessionsController, type SessionsController } from "./sessions-controller.js";
import { type Language, languageOf, onTexts } from "./texts/languages.js";
import { webAddress } from "./web-address.js";

const ownClients = new Map<string, Client>();

export const accountProperties: Readonly<Record<string, PropertyOptions>> = {
  baseUrl: { initial: "", attribute: "base-url" },
  transport: { initial: "cookie", attribute: "transport" },
  client: { initial: null },
  signInUrl: { initial: "", attribute: "sign-in-url" },
  headingLevel: { initial: 2, attribute: "heading-level", parse: (text) => Number(text) || 2 },
  placeOf: { initial: recordedPlace },
};

/** The attributes by which properties can be set. */
export function attributesOf(
  properties: Readonly<Record<string, PropertyOptions>>,
): readonly string[] {
  return Object.values(properties).flatMap(({ attribute }) => attribute ?? []);
}

/** An element that shows the caller's sessions, or some of them, and ends them. */
export abstract class AccountElement extends DrawnElement {
  /** Where the server is. @default the page's own origin */
  declare baseUrl: string;
  /** How tokens travel: `cookie` or `bearer`. @default "cookie" */
  declare transport: "bearer" | "cookie";
  /** A client that the page has already, in place of `baseUrl` and `transport`; the page closes it. */
  declare client: Client | null;
  /**
   * Where a person signs in: an address of the web. Without one there is a button that only fires
   * `rollcall-sign-in`.
   */
  declare signInUrl: string;
  /** The level of the title in the page's outline. @default 2 */
  declare headingLevel: number;
  /** Where a session is, in words; `null`: not known. @default `deviceInfo.place` */
  declare placeOf: (session: ListedSession) => string | null;

  #live: LiveList | null = null;
  #controller: SessionsController | null = null;
  #stopListening: (() => void)[] = [];
  #announcement = "";
  readonly #shown: number;
  readonly #focus = createFocusKeeper();

  /** @param shown How many sessions it shows at first. */
  constructor(
    properties: Readonly<Record<string, PropertyOptions>>,
    styles = "",
    shown: number = PAGE,
  ) {
    super(properties, pageStyles + rowStyles + controlStyles + styles);
    this.#shown = shown;
  }

  /** All but the rows, which are placed into the lists that it draws. */
  protected abstract draw(screen: Screen): TemplateResult;
  /** The sessions of each list, by the id of its heading. */
  protected abstract groups(screen: Screen): Readonly<Record<string, readonly ListedSession[]>>;

  override connectedCallback(): void {
    super.connectedCallback();
    const redraw = (): void => this.requestUpdate();
    const stopPage = followPage(this, {
      onVisibility: (visible) => (visible ? this.#live?.follow() : this.#live?.pause()),
      onOnline: () => {
        this.requestUpdate();
        // Gone: the stream would only notice when its beat stays out. Back: it is used at once.
        void this.#live?.read();
      },
      onStale: redraw,
    });
    this.#stopListening = [stopPage, onTexts(redraw)];
  }

  disconnectedCallback(): void {
    for (const stop of this.#stopListening) stop();
    this.#close();
  }

  /** Starts anew, such as after the person has signed in again. */
  reload(): void {
    this.#close();
    this.requestUpdate();
  }

  protected override willUpdate(changed: ReadonlySet<string>): void {
    if (["client", "baseUrl", "transport"].some((name) => changed.has(name))) this.#close();
    if (this.#live === null && this.isConnected) this.#open();
    if (this.shadowRoot !== null) this.#focus.before(this.shadowRoot);
  }

  protected override render(): TemplateResult | typeof nothing {
    const screen = this.#screen();
    return screen === null ? nothing : this.draw(screen);
  }

  protected override updated(): void {
    const root = this.shadowRoot;
    const screen = this.#screen();
    if (root === null || screen === null) return;
    for (const [id, sessions] of Object.entries(this.groups(screen))) {
      const list = root.querySelector(`[aria-labelledby="${id}"]`);
      const rows = sessions.map((session, index) => {
        const isTwin = isSameDevice(session, sessions[index - 1]);
        return [session.id, sessionRow(session, screen, isTwin)] as const;
      });
      if (list !== null) placeRows(list, new Map(rows));
    }
    const dialog = root.querySelector("dialog");
    if (screen.asking === null) dialog?.close();
    else if (dialog?.open === false) dialog.showModal();
    this.#focus.after(root);
  }

  /** `null` while the element is on no page. */
  #screen(): Screen | null {
    if (this.#live === null || this.#controller === null) return null;
    const { list } = this.#live;
    return {
      language: this.language,
      now: this.now,
      list,
      asking: this.#controller.asking,
      renaming: this.#controller.renaming,
      announcement: this.#announcement,
      headingLevel: this.headingLevel,
      signInUrl: this.#signInAddress(),
      online: navigator.onLine,
      placeOf: this.placeOf,
      act: this.#controller.act,
    };
  }

  /** The server's time, as far as the list shows it. */
  protected get now(): Date {
    return new Date(Date.now() + (this.#live?.list.behind ?? 0));
  }

  protected readAgain(): void {
    void this.#live?.read();
  }

  #signInAddress(): string {
    return this.signInUrl ? webAddress(this.signInUrl) : "";
  }

  protected get language(): Language {
    return languageOf(languageAt(this));
  }

  #open(): void {
    const live = createLiveList(
      this.clientInUse,
      (happening, before) => controller.onStep(happening, before),
      this.#shown,
    );
    const controller = createSessionsController({
      live,
      language: () => this.language,
      update: () => {
        this.requestUpdate();
        return this.updateComplete;
      },
      say: (text) => void this.say(text),
      emit: (type, detail) => this.emit(type, detail),
      goToSignIn: () => this.goToSignIn(),
    });
    this.#live = live;
    this.#controller = controller;
    if (document.visibilityState === "visible") live.follow();
  }

  /** One for the page, however often the element comes and goes: a client stays in touch with the tabs. */
  protected get clientInUse(): Client {
    if (this.client !== null) return this.client;
    const { transport, baseUrl } = this;
    const key = transport + baseUrl;
    const client = ownClients.get(key) ?? createClient({ transport, ...(baseUrl && { baseUrl }) });
    ownClients.set(key, client);
    return client;
  }

  protected goToSignIn(): void {
    const address = this.#signInAddress();
    if (address !== "") location.assign(address);
  }

  #close(): void {
    this.#live?.close();
    this.#live = null;
    this.#controller = null;
  }

  /** Emptied first: a text that stays the same is not read out again. */
  protected async say(text: string): Promise<void> {
    this.#announcement = "";
    this.requestUpdate();
    await this.updateComplete;
    this.#announcement = text;
    this.requestUpdate();
  }

  protected emit<Type extends keyof SessionsEventMap>(
    type: Type,
    detail: SessionsEventMap[Type]["detail"],
  ): boolean {
    return this.dispatchEvent(
      new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }),
    );
  }
}
