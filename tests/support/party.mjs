// A party of calls at the real service: a module of its own, and all that happens in it.

import WebSocket from 'ws';

import { within } from './bounded.mjs';
import { freshModule } from './module.mjs';

const DEADLINE_MS = 20_000;

/** What ends everything that a test has opened, also where it fails. */
const closing = [];

/** A module of one party. */
export function createParty(service, { token }) {
  const module = freshModule();
  module.configure({ endpoint: service.endpoint, token, WebSocket });
  const heard = [];
  const reminders = [];
  const cancelled = [];
  const waiting = new Set();
  const look = () => {
    for (const check of waiting) check();
  };
  module.default.onVoipEvent((event) => (heard.push(event), look()));
  const party = {
    module,
    voip: module.default,
    heard,
    reminders,
    cancelled,
    /** Waits until what `happened` gives is something, and gives it. */
    until(happened, what) {
      const seen = new Promise((resolve) => {
        const check = () => {
          const value = happened();
          if (!value) return;
          waiting.delete(check);
          resolve(value);
        };
        waiting.add(check);
        check();
      });
      return within(seen, DEADLINE_MS, what);
    },
    open(page, media) {
      const call = module.openCall(page, { show: look, media });
      closing.push(() => call.unload());
      return call;
    },
    reminded: (roomId) => party.until(() => reminders.find((reminder) => reminder.roomId === roomId), 'the reminder'),
    event: (name) => party.until(() => heard.find(({ eventName }) => eventName === name), name),
    listen: async (onReminder = () => {}) => {
      let state;
      const close = module.listen({
        onReminder: (reminder) => (reminders.push(reminder), onReminder(reminder), look()),
        onCancelled: (roomId) => (cancelled.push(roomId), look()),
        onState: (next) => ((state = next), look()),
      });
      closing.push(close);
      await party.until(() => state === 'open', 'the socket of reminders');
    },
  };
  return party;
}

/** After a test. */
export function closeAll() {
  for (const close of closing.splice(0)) close();
}
