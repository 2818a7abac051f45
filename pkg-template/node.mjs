// The entry for `import` in Node. It is the one for `require` under another name, so that a process that
// uses both has one module and one set of error classes.

import node from './node.cjs';

export default node.default;
export const {
  configure,
  init,
  check,
  openCall,
  listen,
  explain,
  explainAbort,
  VoipError,
  VoipCgiError,
  VoipPluginError,
  VoipJoinError,
} = node;
