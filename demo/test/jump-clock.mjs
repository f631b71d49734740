// Preloaded into a demo: at SIGUSR2 eleven minutes have passed.
let ahead = 0;
const now = Date.now;
Date.now = () => now() + ahead;
process.on("SIGUSR2", () => {
  ahead += 11 * 60_000;
});
