import type { ApiKeyTexts } from "../api-keys/texts/api-key-texts.js";

/**
 * What the element says, in one language. `{name}` and the like stand for what is filled in; a text
 * may place them as its grammar wants.
 */
export interface Texts {
  /** Writing direction. @default "ltr" */
  readonly direction?: "ltr" | "rtl";
  /**
   * Words for the application's own names: of its kinds of sessions, levels and scopes. `""` shows
   * nothing. @default the names themselves
   */
  readonly labels?: Readonly<Record<string, string>>;
  /** What `<rollcall-api-keys>` says besides. */
  readonly keys?: Partial<ApiKeyTexts>;
  readonly title: string;
  readonly thisDevice: string;
  readonly otherDevices: string;
  /** On a session of the device in the row above it. */
  readonly sameDevice: string;
  readonly apiKeys: string;
  readonly unknownDevice: string;
  /** `{browser}`, `{os}` */
  readonly browserOnSystem: string;
  readonly activeNow: string;
  /** Of a session in which a member of staff acts as the person. */
  readonly acting: string;
  /** `{when}`: "2 hours ago" */
  readonly active: string;
  /** `{when}`: a date */
  readonly signedIn: string;
  /** `{when}`: a date */
  readonly created: string;
  /** `{when}`: "in 12 days" */
  readonly expires: string;
  readonly rename: string;
  /** `{name}` */
  readonly renameNamed: string;
  readonly save: string;
  readonly cancel: string;
  readonly signOut: string;
  /** `{name}` */
  readonly signOutNamed: string;
  readonly revoke: string;
  /** `{name}`, of an API key */
  readonly revokeNamed: string;
  /** `{name}` */
  readonly askOne: string;
  readonly explainOne: string;
  readonly askSelf: string;
  readonly explainSelf: string;
  /** `{name}` */
  readonly askRevoke: string;
  readonly explainRevoke: string;
  readonly signOutOthers: string;
  readonly askOthers: string;
  readonly explainOthers: string;
  readonly signOutEverywhere: string;
  readonly askEverywhere: string;
  readonly explainEverywhere: string;
  /** After the two above, when there are API keys. */
  readonly explainKeys: string;
  readonly working: string;
  /** `{name}` */
  readonly signedOutNamed: string;
  /** `{name}` */
  readonly revokedNamed: string;
  readonly othersSignedOut: string;
  /** `{name}` */
  readonly renamed: string;
  /** `{name}` */
  readonly appeared: string;
  readonly loading: string;
  readonly noOthers: string;
  readonly showMore: string;
  readonly offline: string;
  readonly unreachable: string;
  /** `{when}`: a date and time */
  readonly asOf: string;
  readonly notLoaded: string;
  readonly notDone: string;
  readonly forbidden: string;
  readonly throttled: string;
  readonly retry: string;
  readonly reauthenticate: string;
  readonly explainReauthenticate: string;
  readonly signIn: string;
  readonly signedOut: string;
  /** `{name}`: "Chrome on Android" */
  readonly signedOutFrom: string;
  readonly signedOutByAdmin: string;
  readonly signedOutExpired: string;
  readonly signedOutReplaced: string;
  readonly signedOutReuse: string;
}
