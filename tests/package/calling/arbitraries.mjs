// Generators of fast-check for what comes from outside: requests, answers of the service, and what hosts do.

import fc from 'fast-check';

import { anyThrown, anyValue, mostly, shaped, text } from '../../support/anything.mjs';
import { sample } from '../../support/requests.mjs';

const name = fc.string({ minLength: 1 });
const missing = fc.constantFrom(undefined, null);
const optional = (right) => mostly(fc.oneof(missing, right));

const party = shaped(
  fc.record(
    { id: mostly(name), name: optional(text), cameraStatus: optional(fc.constantFrom(0, 1)) },
    { requiredKeys: ['id'] },
  ),
);

const encoded = (text) => encodeURIComponent(text.toWellFormed());
const query = fc.array(fc.tuple(name, text)).map((pairs) => pairs.map((pair) => pair.map(encoded).join('=')).join('&'));

const FIELDS = {
  roomType: mostly(fc.constantFrom('voice', 'video')),
  caller: mostly(party),
  listener: mostly(party),
  businessType: optional(fc.constantFrom(0, 1, 2, 3)),
  voipToken: mostly(fc.constantFrom(sample().voipToken, sample().voipToken, '')),
  miniprogramState: optional(fc.constantFrom('formal', 'trial', 'developer')),
  customQuery: optional(query),
  timeLimit: optional(fc.double({ min: 0, minExcluded: true, noDefaultInfinity: true, noNaN: true })),
};

/** Requests that are right, nearly right, or anything at all. */
export const anyRequest = fc.oneof(
  {
    weight: 6,
    arbitrary: shaped(fc.record(FIELDS, { requiredKeys: ['roomType', 'caller', 'listener', 'voipToken'] })),
  },
  { weight: 1, arbitrary: shaped(fc.record(FIELDS, { requiredKeys: [] })) },
  { weight: 2, arbitrary: anyValue },
);

const roomId = name;
const chargeType = fc.constantFrom('duration', 'license');

/** Rooms as the service gives them. */
export const anyRoom = fc.record({ roomId, chargeType });

const errcode = fc.oneof(fc.constantFrom(1, 9, 20, 99, 1004), fc.double());
const refusal = fc.record({ errcode, errmsg: text });
const nearlyRoom = fc.record({
  roomId: mostly(roomId),
  chargeType: mostly(chargeType),
  errcode: mostly(missing),
  errmsg: mostly(missing),
});
const nearlyRefusal = fc.record({ errcode: mostly(errcode), errmsg: mostly(text) });

const anyBody = fc.oneof(
  text,
  fc.json(),
  anyRoom.map((body) => JSON.stringify(body)),
  refusal.map((body) => JSON.stringify(body)),
  shaped(nearlyRoom),
  shaped(nearlyRefusal),
  anyValue,
);

const anyStatus = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(200, 201, 204, 302, 400, 403, 500, 502) },
  fc.integer({ min: 0, max: 700 }),
  anyValue,
);

/** What a host does: it answers with a status and a body, it fails, or it answers with anything at all. */
export const anyBehaviour = fc.oneof(
  { weight: 4, arbitrary: fc.record({ status: anyStatus, body: anyBody }) },
  fc.record({ thrown: anyThrown }),
  fc.record({ answer: anyValue }),
);
