// The wasm as JavaScript, for the entry that has it inside.
import { readFile, writeFile } from 'node:fs/promises';

const [pkg] = process.argv.slice(2);

const wasm = await readFile(`${pkg}/wmpf_voip_bg.wasm`);
await writeFile(`${pkg}/generated/wasm.js`, `export const BASE64 = '${wasm.toString('base64')}';\n`);
