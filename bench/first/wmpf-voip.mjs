// From `import` to the first request: the documented sample, with a transport that notes the time.

const start = performance.now();
const { default: wmpfVoip, configure } = await import('../../pkg/node.mjs');
configure({
  endpoint: 'http://127.0.0.1:9',
  token: 't',
  fetch: async () => {
    console.log(performance.now() - start);
    return { status: 201, text: async () => '{"roomId":"r","chargeType":"duration"}' };
  },
});
await wmpfVoip.initByCaller({
  roomType: 'video',
  caller: { id: 'SN-DOOR-0001' },
  listener: { id: 'oListener0000000000000000000' },
  businessType: 1,
});
