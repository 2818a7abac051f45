// The flow of a call until it rings, in plain Fastify, better-sqlite3 and socket.io: the session token is checked, the
// body by a schema, the voipToken and the authorisation by look-ups, the call is on disk before it is answered, and its
// listener's socket hears of it. `node server.mjs <number of users> <data file>` prints {address, token, voipToken, users}.

import { randomInt } from 'node:crypto';

import Database from 'better-sqlite3';
import Fastify from 'fastify';
import jwt from 'jsonwebtoken';
import { Server } from 'socket.io';

const RING_MS = 60_000;
const APP = 'wxbench0000000001';
const SN = 'SN-1';
const KEY = 'k'.repeat(32);

const [count, file] = process.argv.slice(2);
const db = new Database(file);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(`
  CREATE TABLE devices (sn TEXT PRIMARY KEY, model_id TEXT NOT NULL, license_expires_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE users (open_id TEXT PRIMARY KEY, app_id TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE authorisations (sn TEXT, open_id TEXT, device_name TEXT NOT NULL, PRIMARY KEY (sn, open_id)) WITHOUT ROWID;
  CREATE TABLE calls (room_id TEXT PRIMARY KEY, caller_id TEXT NOT NULL, listener_id TEXT NOT NULL, reminder TEXT NOT NULL,
    created_at INTEGER NOT NULL, rings_until INTEGER NOT NULL);
`);
db.prepare('INSERT INTO devices VALUES (?, ?, ?)').run(SN, 'M1', Date.now() + 1e9);
const users = Array.from({ length: Number(count) }, (_, i) => `oBench-${String(i).padStart(21, '0')}`);
db.transaction(() => {
  for (const user of users) {
    db.prepare('INSERT INTO users VALUES (?, ?)').run(user, APP);
    db.prepare('INSERT INTO authorisations VALUES (?, ?, ?)').run(SN, user, 'Front door');
  }
})();

const device = db.prepare('SELECT model_id, license_expires_at FROM devices WHERE sn = ?');
const user = db.prepare('SELECT app_id FROM users WHERE open_id = ?');
const authorisation = db.prepare('SELECT device_name FROM authorisations WHERE sn = ? AND open_id = ?');
const insert = db.prepare('INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?)');

const sign = (aud, sub, claims) => jwt.sign(claims, KEY, { audience: aud, subject: sub, issuer: APP, expiresIn: '1h' });
const verify = (token, audience) => jwt.verify(token, KEY, { audience, issuer: APP, algorithms: ['HS256'] });

const party = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', minLength: 1 }, name: { type: 'string' }, cameraStatus: { enum: [0, 1] } },
};
const schema = {
  body: {
    type: 'object',
    required: ['roomType', 'caller', 'listener', 'businessType', 'voipToken'],
    properties: {
      roomType: { enum: ['voice', 'video'] },
      caller: party,
      listener: party,
      businessType: { enum: [0, 1, 2, 3] },
      voipToken: { type: 'string', minLength: 1 },
    },
  },
};

const app = Fastify();
app.post('/v1/calls', { schema }, (request, reply) => {
  const { body, headers } = request;
  const refuse = (status, errcode) => reply.code(status).send({ errcode, errmsg: 'refused' });
  let session;
  try {
    session = verify(headers.authorization.slice('Bearer '.length), 'session');
  } catch {
    return refuse(401, 5);
  }
  const now = Date.now();
  const { caller, listener } = body;
  const from = device.get(session.sub);
  if (!from || session.sub !== caller.id) return refuse(404, 2);
  try {
    if (verify(body.voipToken, 'device').modelId !== from.model_id) return refuse(403, 17);
  } catch {
    return refuse(403, 13);
  }
  if (user.get(listener.id)?.app_id !== APP) return refuse(404, 20);
  const authorised = authorisation.get(caller.id, listener.id);
  if (!authorised) return refuse(403, 9);
  if (from.license_expires_at < now) return refuse(402, 23);

  const roomId = `${APP}WmpfVoip${now}${String(randomInt(1e12)).padStart(12, '0')}`;
  const reminder = {
    type: 'reminder',
    roomId,
    groupId: roomId,
    roomType: body.roomType,
    callerId: caller.id,
    callerName: authorised.device_name,
    listenerId: listener.id,
    path: `call-page?roomType=${body.roomType}&groupId=${roomId}&listenerId=${listener.id}`,
    ringsUntil: now + RING_MS,
  };
  insert.run(roomId, caller.id, listener.id, JSON.stringify(reminder), now, reminder.ringsUntil);
  io.to(listener.id).emit('reminder', reminder);
  return reply.code(201).send({ roomId, chargeType: 'license' });
});

const address = await app.listen({ host: '127.0.0.1', port: 0 });
const io = new Server(app.server, { transports: ['websocket'] });
io.use((socket, next) => {
  try {
    socket.join(verify(socket.handshake.auth.token, 'session').sub);
    next();
  } catch (error) {
    next(error);
  }
});

console.log(
  JSON.stringify({
    address: address.replace('http://', ''),
    sn: SN,
    token: sign('session', SN, { role: 'device' }),
    voipToken: sign('device', SN, { modelId: 'M1' }),
    users: users.map((id) => ({ id, token: sign('session', id, { role: 'phone' }) })),
  }),
);
