// From `import` to the first request: an INVITE, with a transport that notes the time. sip.js wants a
// browser's WebRTC for the description of the session, so a fixed one stands in.

const start = performance.now();
const { Inviter, TransportState, UserAgent } = await import('sip.js');

class NotingTransport {
  state = TransportState.Connected;
  stateChange = { addListener() {}, removeListener() {} };
  protocol = 'WS';
  isConnected = () => true;
  connect = async () => {};
  disconnect = async () => {};
  dispose = async () => {};
  send = async () => {
    console.log(performance.now() - start);
    process.exit();
  };
}

const description = {
  getDescription: async () => ({ body: 'v=0', contentType: 'application/sdp' }),
  hasDescription: () => true,
  setDescription: async () => {},
  rollbackDescription: async () => {},
  sendDtmf: () => false,
  close() {},
};

const agent = new UserAgent({
  uri: UserAgent.makeURI('sip:device@example.invalid'),
  transportConstructor: NotingTransport,
  sessionDescriptionHandlerFactory: () => description,
  logBuiltinEnabled: false,
});
agent.start();
await new Inviter(agent, UserAgent.makeURI('sip:phone@example.invalid')).invite();
