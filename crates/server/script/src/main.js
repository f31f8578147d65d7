// One file for the page and for its worker.

import { start } from "./page.js";
import { work } from "./worker.js";

if (typeof document === "undefined") work();
else start();
