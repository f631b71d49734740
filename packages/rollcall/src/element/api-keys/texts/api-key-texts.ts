/** What `<rollcall-api-keys>` says, in one language, besides what the screen of sessions says. */
export interface ApiKeyTexts {
  readonly create: string;
  readonly name: string;
  readonly scopes: string;
  readonly end: string;
  readonly never: string;
  readonly confirm: string;
  readonly shownOnce: string;
  readonly copy: string;
  readonly copied: string;
  readonly done: string;
  readonly none: string;
  /** `{name}` */
  readonly made: string;
}
