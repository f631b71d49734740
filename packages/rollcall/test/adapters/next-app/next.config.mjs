/** @type {import("next").NextConfig} */
export default {
  // Or Next would send `DELETE /account/sessions/` on to the route that ends all other sessions.
  skipTrailingSlashRedirect: true,
};
