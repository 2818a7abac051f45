// A whole call by the package, in a process of its own: Node reads at its start which certificates it trusts. It is given an
// endpoint and the handsets of the demo, and prints what has happened.

import '../support/rejections.mjs';

import WebSocket from 'ws';

import { within } from '../support/bounded.mjs';
import { closeAll, createParty } from '../support/party.mjs';

const DEADLINE_MS = 20_000;
/** How many signs of life of the service a socket has to get while nothing else comes over it. */
const BEATS = 2;

const { endpoint, handsets } = JSON.parse(process.argv[2]);

/** The paths of the sockets that a party has opened, in their order. */
const opened = { device: [], phone: [] };
/** What is fulfilled once the newest of them has had its signs of life. */
const alive = { device: undefined, phone: undefined };

function connecting(party) {
  return class extends WebSocket {
    constructor(...address) {
      super(...address);
      opened[party].push(new URL(address[0]).pathname.replace(/wx.*(?=\/)/, '…'));
      let beats = 0;
      alive[party] = new Promise((resolve) => {
        this.on('ping', () => (beats += 1) === BEATS && resolve());
      });
    }
  };
}

const [device, phone] = ['device', 'phone'].map((name) => {
  const party = createParty({ endpoint }, handsets[name]);
  party.module.configure({ WebSocket: connecting(name) });
  return party;
});

await phone.listen();
const result = await device.voip.initByCaller({
  roomType: 'video',
  businessType: 1,
  caller: { id: handsets.device.id },
  listener: { id: handsets.phone.id, name: 'Alice' },
  voipToken: handsets.device.deviceToken,
});
if (!result.isSuccess) throw result;
const outgoing = device.open(device.voip.CALL_PAGE_PATH);
const incoming = phone.open((await phone.reminded(result.roomId)).path);
await device.event('joinedRoomByCaller');
await phone.until(() => incoming.view.online, 'the page of the listener');
// It rings, and nothing else is said on the sockets of the call.
await within(Promise.all([alive.device, alive.phone]), DEADLINE_MS, 'the signs of life');
incoming.answer();
await device.event('startVoip');
await phone.event('startVoip');
incoming.hangUp();
await device.event('finishVoip');
await phone.event('finishVoip');

/** A second of the call may have passed, or not. */
const events = ({ heard }) => heard.map(({ eventName }) => eventName).filter((name) => name !== 'calling');
const states = [outgoing.view.state, incoming.view.state];
closeAll();
process.stdout.write(JSON.stringify({ opened, device: events(device), phone: events(phone), states }));
