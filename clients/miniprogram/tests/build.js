/* What the developer tools make of the source: each .ts as .js, everything else as it is, in build/. */

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
const build = path.join(root, "build");

fs.rmSync(build, { recursive: true, force: true });
execFileSync(process.execPath, [path.join(root, "node_modules", "typescript", "bin", "tsc")], { cwd: root, stdio: "inherit" });
fs.cpSync(path.join(root, "miniprogram"), build, { recursive: true, filter: (source) => !source.endsWith(".ts") });
