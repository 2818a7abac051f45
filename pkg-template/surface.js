// What the module can do beside initByCaller. A mini-program loads this file when it first uses a part of it.

export { openCall } from './call-page.js';
export { onVoipEvent } from './events.js';
export { listen } from './listen.js';
