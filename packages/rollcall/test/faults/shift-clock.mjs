// Preloaded into a server: its wall clock is wrong by SHIFT_CLOCK milliseconds.
const shift = Number(process.env.SHIFT_CLOCK);
const now = Date.now;
Date.now = () => now() + shift;
