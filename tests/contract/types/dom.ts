// A page has the platform's own types: its fetch is one that configure takes.
import wmpfVoip, { configure, init } from 'wmpf-voip';
import type { InitByCallerRequest } from 'wmpf-voip';

declare const request: InitByCallerRequest;

configure({ fetch });
configure({ fetch: window.fetch });
configure({ fetch: (url, options) => fetch(url, { ...options, credentials: 'include' }) });
init(new URL('./wmpf_voip_bg.wasm', location.href));
init(WebAssembly.compile(new ArrayBuffer(8)).then((module) => module));

wmpfVoip.initByCaller(request, { signal: new AbortController().signal });
wmpfVoip.initByCaller(request, { signal: AbortSignal.timeout(500) });
configure({ WebSocket });
configure({ WebSocket: window.WebSocket });
