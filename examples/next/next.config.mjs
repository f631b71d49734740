/** @type {import("next").NextConfig} */
export default {
  // Or Next would send `DELETE /account/sessions/`, a request whose id is missing by mistake, on to
  // the route that ends all other sessions.
  skipTrailingSlashRedirect: true,
  // One copy of it for all of Next's bundles.
  serverExternalPackages: ["rollcall"],
  distDir: "dist",
};
