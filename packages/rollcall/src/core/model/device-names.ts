/** A pattern of what is sent, and what a person calls it; `null`: something that has no name. */
export type NameRule = readonly [RegExp, string | null];

/** What may be shown as a name, whoever sent it: no markup, nothing unseen, nothing that turns the writing. */
export const HARMLESS: RegExp = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} .&+_'-]{0,39}$/u;

// None of these patterns repeats a repetition, those that look for two words are anchored, and what
// they are given is short (device.ts): a text made to be slow takes little longer than another.

/** Programs that people run in a terminal or in scripts, by their first word. */
export const PROGRAMS: RegExp =
  /^(curl|wget|httpie|xh|node|node-fetch|undici|axios|got|deno|bun|python-requests|python-urllib|python-httpx|python|aiohttp|go-http-client|go-resty|postmanruntime|insomnia|bruno-runtime|java|apache-httpclient|jakarta|libwww-perl|lwp|ruby|faraday|guzzlehttp|reqwest|powershell|restsharp|rollcall|git|k6|hoppscotch|thunder client)(?=[/ ]|$)/i;

export const PROGRAM_NAMES: Readonly<Record<string, string>> = {
  postmanruntime: "Postman",
  insomnia: "Insomnia",
  "bruno-runtime": "Bruno",
  wget: "Wget",
  httpie: "HTTPie",
  powershell: "PowerShell",
};

/** Applications that show pages inside themselves, whose own names say more than their engine's. */
export const APPS: readonly NameRule[] = [
  [
    /\bFB_IAB\/(?:MESSENGER|Orca)|\bFBAN\/Messenger|Orca-Android|\bMessenger(?:Lite)?ForiOS/,
    "Messenger",
  ],
  [/\bInstagram\b/, "Instagram"],
  [/\bBarcelona \d/, "Threads"],
  [/\bFBAN\/|\bFBAV\/|\bFB_IAB\b/, "Facebook"],
  [/\bTwitter(?:Android| for )/, "X"],
  [/\bLinkedInApp\b/, "LinkedIn"],
  [/\bSnapchat\//, "Snapchat"],
  [/\[?Pinterest\//, "Pinterest"],
  [/\bmusical_ly|\btrill_|\bBytedanceWebview|\bTikTok/, "TikTok"],
  [/\bMicroMessenger\//, "WeChat"],
  [/\bLine\/\d/, "LINE"],
  [/\bKAKAOTALK\b/, "KakaoTalk"],
  [/\bReddit\//, "Reddit"],
  [/\bTelegram-Android\b/, "Telegram"],
  [/\bZalo\b/, "Zalo"],
  [/\bAlipayClient\//, "Alipay"],
  [/\bGSA\//, "Google"],
];

/** By the rules that come first: nearly all of them call themselves Chrome and Safari besides. */
export const BROWSERS: readonly NameRule[] = [
  [/\bEdg(?:e|A|iOS)?\//, "Microsoft Edge"],
  [/\bOPX\/|\bOPRGX\/|\bOperaGX\b/, "Opera GX"],
  [/\bOpera Mini\/|\bOPiOS\//, "Opera Mini"],
  [/\b(?:OPR|OPT|Opera)\b/, "Opera"],
  [/\bOculusBrowser\//, "Meta Quest Browser"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bVivaldi\//, "Vivaldi"],
  [/\bYaBrowser\/|\bYaApp_/, "Yandex Browser"],
  [/\bBrave\b/, "Brave"],
  [/\bDuckDuckGo\/|\bDdg\//, "DuckDuckGo"],
  [/\bUCBrowser\/|\bUCWEB/, "UC Browser"],
  [/\bWhale\//, "Whale"],
  [/MiuiBrowser\//, "Mi Browser"],
  [/\bHuaweiBrowser\//, "Huawei Browser"],
  [/\bHeyTapBrowser\//, "HeyTap Browser"],
  [/\bVivoBrowser\//, "vivo Browser"],
  [/\bM?QQBrowser\//, "QQ Browser"],
  [/\bSilk\//, "Silk"],
  [/\bEcosia\b|\becosia_/, "Ecosia"],
  [/\b(?:coc_coc_browser|CocCocBrowser)\//i, "Cốc Cốc"],
  [/\bAvast\/|\bAvastSecureBrowser\//, "Avast Secure Browser"],
  [/\bPuffin\//, "Puffin"],
  [/\bMaxthon\b/, "Maxthon"],
  [/\b(?:Focus|Klar)\//, "Firefox Focus"],
  [/\bSeaMonkey\//, "SeaMonkey"],
  [/\bPaleMoon\//, "Pale Moon"],
  [/\bWaterfox\//, "Waterfox"],
  [/\bThunderbird\//, "Thunderbird"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\bMSIE |\bTrident\//, "Internet Explorer"],
  [/\bEpiphany\//, "GNOME Web"],
  [/\bKonqueror\//, "Konqueror"],
  [/\bFalkon\//, "Falkon"],
  [/\bQtWebEngine\//, null],
  [/; wv\)/, null],
  [/\bChromium\//, "Chromium"],
  [/\bCriOS\//, "Chrome"],
];

/** Televisions and consoles, whose browser is nobody's choice. */
export const SCREENS: readonly NameRule[] = [
  [/\bPlayStation Vita\b/, "PlayStation Vita"],
  [/\bPlayStation (?:5|PORTAL)\b/i, "PlayStation 5"],
  [/\bPlayStation 4\b/i, "PlayStation 4"],
  [/\bPLAYSTATION 3\b/i, "PlayStation 3"],
  [/\bXbox\b/, "Xbox"],
  [/\bNintendo Switch\b/, "Nintendo Switch"],
  [/\bNintendo WiiU\b/, "Wii U"],
  [/^(?=.*\bTizen\b).*(?:\bTV\b|SMART-TV)/, "Tizen"],
  [/\bWeb0S\b|\bwebOS\.TV\b|\bNetCast\b/, "webOS"],
  [/\bApple ?TV|\btvOS\b/, "tvOS"],
  [/\bRoku/, "Roku"],
  [/\bVIDAA\b/, "VIDAA"],
  [/\bCrKey\//, "Chromecast"],
  [/\bAFT[A-Z]/, "Fire OS"],
  [
    /^(?=.*\bAndroid\b).*(?:\bTV\b|\bBRAVIA\b|\bChromecast\b|GoogleTV|SmartTV|\bMiTV|\bMIBOX|\bSHIELD\b)/,
    "Android",
  ],
  [/\bHbbTV\/|\bSMART-TV\b|\bSmartTV\b|\bViera\b/i, null],
];

export const SYSTEMS: readonly NameRule[] = [
  [/\bWindows Phone\b|\bIEMobile\b/, "Windows Phone"],
  [/\bOculusBrowser\/|; Quest \d/, "Horizon OS"],
  [/\bHarmonyOS\b|\bOpenHarmony\b/, "HarmonyOS"],
  [/\bKAIOS\b/i, "KaiOS"],
  [/\bwatchOS\b|\bApple ?Watch\b/, "watchOS"],
  [/\biPad; (?:U; )?CPU OS (?:[3-9]|1[0-2])_/, "iOS"],
  [/\biPad|\biPadOS\b/, "iPadOS"],
  [/\biPhone|\biPod\b|\biOS\b/, "iOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/^(?=.*\bAndroid\b).*(?:\bKF[A-Z]{2,}|\bKindle\b)|\bSilk\//, "Fire OS"],
  [/\bAndroid\b|\bAdr /, "Android"],
  [/\bTizen\b/, "Tizen"],
  [/\bWindows\b|\bWin(?:32|64)\b/, "Windows"],
  [/\bMacintosh\b|\bMac OS ?X?\b|\bmacOS\b/, "macOS"],
  [/\b(?:Free|Open|Net)BSD\b/, "BSD"],
  [/\bLinux\b|\bX11\b|\bUbuntu\b|\bFedora\b/i, "Linux"],
];

/** Programs that fetch pages on nobody's behalf, by name; all others say bot, crawler or spider. */
export const BOTS: readonly NameRule[] = [
  [/\bHeadlessChrome\b/, "Headless Chrome"],
  [/\bPhantomJS\b/, "PhantomJS"],
  [/\bChrome-Lighthouse\b/, "Lighthouse"],
  [/\bYahoo! Slurp\b/, "Yahoo! Slurp"],
  [/\bfacebookexternalhit\b/, "facebookexternalhit"],
  [/\bMediapartners-Google\b|\bAdsBot-Google\b|\bAPIs-Google\b|\bGoogleOther\b/, "Googlebot"],
  [/\b(?:ChatGPT|Claude|Perplexity)-User\b/, null],
  [/^WhatsApp\//, "WhatsApp"],
  [/\bPingdom/, "Pingdom"],
  [/\bSogou web spider\b/, "Sogou"],
];
