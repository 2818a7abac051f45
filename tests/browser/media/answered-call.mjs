// A call of the room service's demo whose both sides are in the room, held by two sockets. It runs in the browser.

/**
 * Gives what the service has said of ICE servers to each side while it rang, what it has said last, and how to end the call.
 * `until` polls.
 */
export async function answeredCall({ endpoint, device, phone }, until) {
  const authorization = `Bearer ${device.token}`;
  const answer = await fetch(`${endpoint}/v1/calls`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({
      roomType: 'video',
      businessType: 1,
      caller: { id: device.id },
      listener: { id: phone.id },
      voipToken: device.deviceToken,
    }),
  });
  const { roomId } = await answer.json();

  async function open({ token }) {
    const address = `${endpoint.replace('http', 'ws')}/v1/calls/${roomId}/socket?device=d`;
    const socket = new WebSocket(address, ['wmpf-voip.v1', token]);
    const said = [];
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === 'call') said.push(message.iceServers);
    };
    await until('the call is described', () => said.length > 0);
    const say = (type) => socket.send(JSON.stringify({ type, id: 1 }));
    return { said, say, last: () => said.at(-1), close: () => socket.close() };
  }

  const [caller, listener] = await Promise.all([open(device), open(phone)]);
  const ringing = [caller.last(), listener.last()];
  listener.say('answer');
  for (const side of [caller, listener]) side.say('join');
  await until('both have relays', () => caller.said.length > 1 && listener.said.length > 1);

  async function end() {
    await fetch(`${endpoint}/v1/calls/${roomId}`, { method: 'DELETE', headers: { authorization } });
    caller.close();
    listener.close();
  }
  return { ringing, caller: caller.last, listener: listener.last, end };
}
