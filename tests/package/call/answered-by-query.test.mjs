// isClickedHangOnBtn=1 in what a page was opened with: whoever makes a link can write it there, so outside of mini-programs it
// answers only where the page's own code says so, or a reminder has come.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { configured } from '../../support/fakes.mjs';
import { fakeSockets, openedCall } from '../../support/fake-sockets.mjs';
import { freshModule } from '../../support/module.mjs';
import { settle } from '../../support/settle.mjs';

const LINK = 'https://shop.test/call?roomType=video&groupId=room-1&isClickedHangOnBtn=1';

/** Opens a page; `reminded` are the rooms of the reminders that have come before, `answers` what is said to the service. */
async function opened(page, { answersByQuery, reminded = [], isTapped = false } = {}) {
  const fake = fakeSockets();
  const module = configured(freshModule(), { fetch() {}, ...fake.hosts.WebSocket });
  const close = module.listen({ onReminder() {} });
  fake.last.open();
  for (const roomId of reminded) fake.last.say({ type: 'reminder', roomId });
  close();
  const joined = [];
  const media = { join: () => void joined.push('join') };
  for (const name of ['start', 'receive', 'peer', 'setMuted', 'setCamera', 'switchCamera', 'leave'])
    media[name] = () => {};
  const call = module.openCall(page, { show() {}, media, answersByQuery });
  const { state } = call.view;
  fake.last.open();
  fake.last.say(openedCall({ isCaller: false }));
  await settle();
  if (isTapped) call.answer();
  await settle();
  const said = { state, answers: fake.last.sent.map(({ type }) => type), joined };
  call.unload();
  fake.last.end(1008);
  return said;
}

const RINGS = { state: 'incoming', answers: [], joined: [] };
const ANSWERED = { answers: ['answer', 'join'], joined: ['join'] };

describe('isClickedHangOnBtn=1', () => {
  for (const [page, options, what] of [
    [LINK, {}, 'in a link answers nothing'],
    [{ groupId: 'room-1', isClickedHangOnBtn: '1' }, {}, 'in a query that was taken apart answers nothing'],
    [
      LINK,
      { answersByQuery: false, reminded: ['room-2'] },
      'of another room than that of the reminder answers nothing',
    ],
    [LINK, { answersByQuery: null }, 'answers nothing by an option that was not passed'],
    [LINK.replace('HangOnBtn=1', 'HangOnBtn=0'), { answersByQuery: true }, 'has to be 1'],
  ]) {
    it(what, async () => {
      assert.deepEqual(await opened(page, options), RINGS);
      assert.deepEqual(await opened(page, { ...options, isTapped: true }), { state: 'incoming', ...ANSWERED });
    });
  }

  it("answers where the page's own code says so, or a reminder of the room has come", async () => {
    for (const options of [{ answersByQuery: true }, { reminded: ['room-2', 'room-1'] }]) {
      assert.deepEqual(await opened(LINK, options), { state: 'joining', ...ANSWERED });
    }
  });
});
