// The code of docs/guides.md, as its readers type it.

import { readFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { ROOT } from './paths.mjs';

/** Where the demo listens unless it is told otherwise. */
const DOCUMENTED = 'http://127.0.0.1:8787';

const BLOCK = /^```(\w+)\n([^]*?)^```$/gm;
/** The first line of a file that is to be saved, below the doctype of a page. */
const NAME = /^(?:<!doctype html>\n)?(?:\/\/|<!--) (\S+\.\w+)(?: -->)?$/m;

/** @returns {Promise<Array<{ language: string, code: string, name?: string }>>} */
export async function blocksOf(document) {
  const text = await readFile(join(ROOT, document), 'utf8');
  return [...text.matchAll(BLOCK)].map(([, language, code]) => {
    const found = code.match(NAME);
    return { language, code, name: found?.index === 0 ? found[1] : undefined };
  });
}

/**
 * The files of the guides, by their names, with another room service.
 * @param {string} [endpoint]
 * @returns {Promise<{ files: Map<string, string>, rest: string[], manifests: object[] }>} `rest` is JavaScript without a name,
 * `manifests` are the examples of app.json
 */
export async function readGuides(endpoint = DOCUMENTED) {
  const blocks = await blocksOf('docs/guides.md');
  const of = (language) => blocks.filter((block) => block.language === language && !block.name);
  const named = blocks.filter(({ name }) => name);
  return {
    files: new Map(named.map(({ name, code }) => [name, code.replaceAll(DOCUMENTED, endpoint)])),
    rest: of('js').map(({ code }) => code),
    manifests: of('json').map(({ code }) => JSON.parse(code)),
  };
}

/** @param {Map<string, string>} files or some of them */
export async function save(directory, files) {
  for (const [name, code] of files) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, code);
  }
}

/**
 * What the tables of usual mistakes say between two headings, as patterns.
 * @returns {Promise<Array<{ errCode: number, errMsg: RegExp }>>}
 */
export async function mistakesOf(heading) {
  const text = await readFile(join(ROOT, 'docs/guides.md'), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  const api = section.match(/errMsg, after `(\w+:fail)`/)[1];
  return [...section.matchAll(/^\| (\d+) \| `(.*?)` \|/gm)].map(([, errCode, errMsg]) => {
    const escaped = errMsg.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('…', '.*');
    return { errCode: Number(errCode), errMsg: new RegExp(`^${api} ${escaped}$`) };
  });
}
