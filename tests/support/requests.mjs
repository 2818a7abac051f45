// Requests and answers that are right, to be made wrong one thing at a time.

/** The request of the documentation's sample, and what is sent for it. */
export const sample = () => ({
  caller: { id: 'SN-1', name: 'door' },
  listener: { id: 'open-id', name: 'Alice' },
  roomType: 'video',
  businessType: 1,
  voipToken: 'ticket-s3cret',
  miniprogramState: 'developer',
});

/** Every documented property, in the order of the documented table. */
export const ORDER = [
  'roomType',
  'caller',
  'caller.id',
  'caller.name',
  'caller.cameraStatus',
  'listener',
  'listener.id',
  'listener.name',
  'listener.cameraStatus',
  'businessType',
  'voipToken',
  'miniprogramState',
  'customQuery',
  'timeLimit',
];

export const ENDPOINT = 'http://room.test';
export const TOKEN = 'session-s3cret';
export const ROOM = { roomId: 'room-1', chargeType: 'duration' };

export const SUCCESS = {
  isSuccess: true,
  roomId: 'room-1',
  groupId: 'room-1',
  chargeType: 'duration',
};
