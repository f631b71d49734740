import { nothing, type TemplateResult } from "lit/html.js";
import type { Client, ListedSession } from "../client/client-api.js";
import { createClient } from "../client/index.js";
import { controlStyles } from "./control-styles.js";
import { recordedPlace } from "./describe.js";
import { DrawnElement, type PropertyOptions } from "./drawn-element.js";
import type { SessionsEventMap } from "./element-events.js";
import { createFocusKeeper } from "./focus.js";
import { createLiveList, type LiveList } from "./live-list.js";
import { groupsOf, page } from "./page.js";
import { pageStyles } from "./page-styles.js";
import { followPage, languageAt } from "./presence.js";
import { rowStyles } from "./row-styles.js";
import { placeRows } from "./rows.js";
import type { Screen } from "./screen.js";
import { sessionRow } from "./session-row.js";
import { createSessionsController, type SessionsController } from "./sessions-controller.js";
import { type Language, languageOf, onTexts } from "./texts/languages.js";
import { webAddress } from "./web-address.js";

const ownClients = new Map<string, Client>();

/**
 * `<rollcall-sessions>`: where a person is signed in, and a way to end each sign-in.
 *
 * @example
 * ```html
 * <rollcall-sessions base-url="https://api.example" sign-in-url="/sign-in"></rollcall-sessions>
 * ```
 *
 * @example
 * ```ts
 * import { RollcallSessions } from "rollcall/element";
 *
 * customElements.define("my-sessions", RollcallSessions);
 * ```
 */
export class RollcallSessions extends DrawnElement {
  static readonly properties: Readonly<Record<string, PropertyOptions>> = {
    baseUrl: { initial: "", attribute: "base-url" },
    transport: { initial: "cookie", attribute: "transport" },
    client: { initial: null },
    signInUrl: { initial: "", attribute: "sign-in-url" },
    headingLevel: { initial: 2, attribute: "heading-level", parse: (text) => Number(text) || 2 },
    placeOf: { initial: recordedPlace },
  };
  static readonly observedAttributes: readonly string[] = Object.values(
    RollcallSessions.properties,
  ).flatMap(({ attribute }) => attribute ?? []);

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
  readonly #focus = createFocusKeeper();

  constructor() {
    super(RollcallSessions.properties, pageStyles + rowStyles + controlStyles);
  }

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
    return screen === null ? nothing : page(screen);
  }

  protected override updated(): void {
    const root = this.shadowRoot;
    const screen = this.#screen();
    if (root === null || screen === null) return;
    for (const [id, sessions] of Object.entries(groupsOf(screen))) {
      const list = root.querySelector(`[aria-labelledby="${id}"]`);
      const rows = sessions.map((session) => [session.id, sessionRow(session, screen)] as const);
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
      language: this.#language(),
      now: new Date(Date.now() + list.behind),
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

  #signInAddress(): string {
    return this.signInUrl ? webAddress(this.signInUrl) : "";
  }

  #language(): Language {
    return languageOf(languageAt(this));
  }

  #open(): void {
    const client = this.client ?? this.#ownClient();
    const live = createLiveList(client, (happening, before) =>
      controller.onStep(happening, before),
    );
    const controller = createSessionsController({
      live,
      language: () => this.#language(),
      update: () => {
        this.requestUpdate();
        return this.updateComplete;
      },
      say: (text) => void this.#say(text),
      emit: (type, detail) => this.#emit(type, detail),
      goToSignIn: () => {
        const address = this.#signInAddress();
        if (address !== "") location.assign(address);
      },
    });
    this.#live = live;
    this.#controller = controller;
    if (document.visibilityState === "visible") live.follow();
  }

  /** One for the page, however often the element comes and goes: a client stays in touch with the tabs. */
  #ownClient(): Client {
    const { transport, baseUrl } = this;
    const key = transport + baseUrl;
    const client = ownClients.get(key) ?? createClient({ transport, ...(baseUrl && { baseUrl }) });
    ownClients.set(key, client);
    return client;
  }

  #close(): void {
    this.#live?.close();
    this.#live = null;
    this.#controller = null;
  }

  /** Emptied first: a text that stays the same is not read out again. */
  async #say(text: string): Promise<void> {
    this.#announcement = "";
    this.requestUpdate();
    await this.updateComplete;
    this.#announcement = text;
    this.requestUpdate();
  }

  #emit<Type extends keyof SessionsEventMap>(
    type: Type,
    detail: SessionsEventMap[Type]["detail"],
  ): boolean {
    return this.dispatchEvent(
      new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }),
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "rollcall-sessions": RollcallSessions;
  }
  interface GlobalEventHandlersEventMap extends SessionsEventMap {}
}
