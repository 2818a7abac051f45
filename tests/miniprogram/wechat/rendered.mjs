// A site that shows the plugin's call page in a browser: the compiled WXML, WXSS and JavaScript of the page, on
// glass-easel, the framework that WeChat renders mini-programs with.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import compiler from 'glass-easel-template-compiler';

import { temporaryDirectory } from '../../support/temporary.mjs';
import { CALL_PAGE } from './plugin-host.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const COMPONENTS = ['components/no-box/no-box', 'components/call-panel/call-panel'];

/** What every `view` of WeChat has, and pictures where WeChat shows those of the cameras. */
const PLATFORM_CSS = `view { display: block } body { margin: 0 }
  voip-room { background: linear-gradient(135deg, #2f6f73, #7fa36b) }
  .picture_small voip-room { background: linear-gradient(135deg, #6b4a8a, #c27a8f) }`;

/** `wx`, as far as the page uses it, over what a browser has. */
const PLATFORM_JS = `
  globalThis.wx = {
    getAppBaseInfo: () => ({ language: navigator.language }),
    request({ url, method, header, success, fail }) {
      fetch(url, { method, headers: header }).then(
        async (response) => success({ statusCode: response.status, data: await response.text() }),
        ({ message }) => fail({ errMsg: 'request:fail ' + message }),
      );
    },
    connectSocket({ url, protocols }) {
      const socket = new WebSocket(url, protocols);
      return {
        onOpen: (listener) => { socket.onopen = () => listener({}) },
        onMessage: (listener) => { socket.onmessage = ({ data }) => listener({ data }) },
        onClose: (listener) => { socket.onclose = ({ code }) => listener({ code }) },
        onError: (listener) => { socket.onerror = () => listener({}) },
        send: ({ data }) => socket.send(data),
        close: () => socket.close(),
      };
    },
    joinVoIPChat: ({ success }) => success({ openIdList: globalThis.members }),
    exitVoIPChat() {},
    updateVoIPChatMuteConfig() {},
    navigateBack: ({ fail }) => fail({ errMsg: 'navigateBack:fail cannot navigate back at first page.' }),
  };`;

/**
 * @param {{ out: string }} compiled
 * @returns {Promise<{ path: string, remove(): Promise<void> }>} a directory to serve, whose page has
 * `openCallPage(query, configuration, members)`; the latter are the openIds in the platform's room, none in DevTools
 */
export async function renderedSite({ out }) {
  const root = join(out, 'plugin');
  const read = (name) => readFile(join(root, name), 'utf8');

  // A component without a style has no such file.
  const styleOf = (path) => read(`${path}.wxss`).catch(() => '');

  const templates = new compiler.TmplGroup();
  const configs = {};
  const css = [PLATFORM_CSS];
  for (const path of [...COMPONENTS, CALL_PAGE]) {
    const problems = templates.addTmpl(path, await read(`${path}.wxml`));
    if (problems?.length > 0) throw new Error(`${path}.wxml: ${JSON.stringify(problems)}`);
    // Without the prefixes that keep a component's styles its own, the WXSS is CSS.
    configs[path] = { ...JSON.parse(await read(`${path}.json`)), styleIsolation: 'shared' };
    css.push((await styleOf(path)).replaceAll(/\bpage(?=\s*\{)/g, 'body'));
  }

  const required = (path) => `require(${JSON.stringify(join(root, path))})`;
  const contents = `
    import { CurrentWindowBackendContext, Event } from 'glass-easel';
    import { MiniProgramEnv } from 'glass-easel-miniprogram-adapter';
    const screen = new CurrentWindowBackendContext();
    screen.onEvent((target, type, detail, options) => {
      const event = new Event(type, detail, options);
      Event.dispatchEvent(target, event);
      return event.getEventBubbleStatus();
    });
    const env = new MiniProgramEnv();
    const code = env.createCodeSpace('', true);
    const groupList = ${templates.getTmplGenObjectGroups()};
    for (const [path, config] of Object.entries(${JSON.stringify(configs)})) {
      code.addComponentStaticConfig(path, config);
      code.addCompiledTemplate(path, { groupList, content: groupList[path] });
    }
    ${PLATFORM_JS}
    ${[...COMPONENTS, CALL_PAGE]
      .map((path) => `code.globalComponentEnv(globalThis, '${path}', () => ${required(path)});`)
      .join('\n')}
    globalThis.plugin = ${required('index')};
    globalThis.openCallPage = (query, configuration, members) => {
      globalThis.members = members;
      wx.getDeviceInfo = () => ({ platform: members ? 'android' : 'devtools' });
      globalThis.plugin.configure(configuration);
      const root = env.associateBackend(screen).createRoot('call-page', code, '${CALL_PAGE}');
      const placeholder = document.createElement('div');
      document.body.append(placeholder);
      root.attach(document.body, placeholder);
      root.get().onLoad(query);
      root.get().onShow();
    };`;
  templates.free();

  const site = await temporaryDirectory();
  await build({
    stdin: { contents, resolveDir: HERE, sourcefile: 'rendered.js' },
    // The compiler's own helpers lie at the plugin's root.
    nodePaths: [root],
    outfile: join(site.path, 'rendered.js'),
    bundle: true,
    format: 'iife',
    logLevel: 'warning',
  });
  const html = `<!doctype html><html lang="zh"><meta charset="utf-8"><title>call page</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <style>${css.join('\n')}</style><body><script src="rendered.js"></script></body></html>`;
  await writeFile(join(site.path, 'index.html'), html);
  return site;
}
