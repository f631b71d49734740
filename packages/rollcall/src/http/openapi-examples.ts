/** What the OpenAPI document shows for an answer. */

const session = {
  id: "0b6f1c1e-8f0a-4b7e-9d55-0a4f0c8a2f11",
  current: true,
  name: "Kitchen iPad",
  createdAt: "2026-01-01T00:00:00.000Z",
  lastUsedAt: "2026-01-03T09:30:00.000Z",
  expiresAt: "2026-01-31T00:00:00.000Z",
  lastIp: "203.0.113.7",
  deviceInfo: { userAgent: "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X)", ip: "203.0.113.7" },
  device: { browser: "Safari", os: "iPadOS", type: "tablet" },
  kind: null,
  authenticatedAt: "2026-01-01T00:00:00.000Z",
  methods: ["pwd"],
  level: null,
  deviceId: null,
  actor: null,
  scopes: null,
};

export const pageExample: object = { sessions: [session] };
export const sessionExample: object = { session };

export const apiKeyExample: object = {
  session: {
    ...session,
    current: false,
    name: "Nightly build",
    kind: "key",
    deviceInfo: null,
    device: { browser: null, os: null, type: "unknown" },
    lastIp: null,
    deviceId: null,
    scopes: ["orders:read"],
  },
  token: "acme_0hRz…",
};

export const tokensExample: object = {
  tokens: {
    accessToken: { token: "eyJhbGciOi…", expiresAt: "2026-01-03T09:40:00.000Z", expiresIn: 600 },
    refreshToken: {
      token: "rt1.AAAA…",
      expiresAt: "2026-01-31T00:00:00.000Z",
      expiresIn: 2_392_200,
    },
  },
};

export const healthExample: object = {
  feed: "hinted",
  freshAsOf: "2026-01-03T09:30:00.000Z",
  indexSize: 3,
  cacheSize: 120,
};
