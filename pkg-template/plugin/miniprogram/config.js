// What the form begins with. What is changed there is kept on the device.

module.exports = {
  /** The room service. The demo's, by `cargo xtask demo`, is this one. */
  endpoint: 'http://127.0.0.1:8787',
  /** The session token of whoever calls. */
  token: '',
  callerId: '',
  listenerId: '',
  voipToken: '',
  businessType: 1,
  roomType: 'video',
};
