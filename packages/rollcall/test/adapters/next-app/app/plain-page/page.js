export { default, dynamic } from "../page/page.js";
