// The platform's rooms: wx.joinVoIPChat and what belongs to it, for as many mini-programs as a test has.

export function platformRooms() {
  /** Who is in each room, in the order of arrival. */
  const rooms = new Map();

  /** The `wx` of one user's mini-program. `asked` is what was asked of the platform, in its order. */
  function party(openid) {
    const listeners = new Map();
    const asked = [];
    let here;
    let isLeaving = false;
    const own = {
      openid,
      asked,
      /** What the next wx.joinVoIPChat fails with; 'never' leaves it without an answer, as `late` gives it. */
      fails: undefined,
      late: undefined,
      listening: () => [...listeners].filter(([, heard]) => heard.size > 0).map(([name]) => name),
      tell(name, event) {
        for (const listener of listeners.get(name) ?? []) listener(event);
      },
      wx: {
        authorizeForMiniProgram({ scope, success, fail }) {
          asked.push(['authorizeForMiniProgram', scope]);
          const denied = own.denies === scope;
          if (denied) fail({ errMsg: 'authorizeForMiniProgram:fail auth deny' });
          else success({ errMsg: 'authorizeForMiniProgram:ok' });
        },
        joinVoIPChat({ success, fail, ...options }) {
          asked.push(['joinVoIPChat', options]);
          const enter = () => {
            here = options.groupId;
            const members = rooms.get(here) ?? [];
            rooms.set(here, members);
            members.push(own);
            const openIdList = members.map((member) => member.openid);
            success({ openIdList, errCode: 0, errMsg: 'joinVoIPChat:ok' });
            for (const member of members) member.tell('VoIPChatMembersChanged', { openIdList });
          };
          if (own.fails === 'never') own.late = enter;
          else if (own.fails) fail(own.fails);
          else if (here !== undefined || isLeaving) fail({ errCode: -1, errMsg: 'joinVoIPChat:fail in room' });
          else setTimeout(enter, 0);
        },
        updateVoIPChatMuteConfig: ({ muteConfig }) => asked.push(['updateVoIPChatMuteConfig', muteConfig]),
        exitVoIPChat({ success }) {
          asked.push(['exitVoIPChat']);
          isLeaving = true;
          setTimeout(() => {
            isLeaving = false;
            success({ errMsg: 'exitVoIPChat:ok' });
          }, 0);
          const members = rooms.get(here) ?? [];
          here = undefined;
          if (members.includes(own)) members.splice(members.indexOf(own), 1);
          const openIdList = members.map((member) => member.openid);
          for (const member of members) member.tell('VoIPChatMembersChanged', { openIdList });
        },
      },
    };
    for (const name of ['VoIPChatInterrupted', 'VoIPChatMembersChanged', 'VoIPVideoMembersChanged']) {
      listeners.set(name, new Set());
      own.wx[`on${name}`] = (listener) => listeners.get(name).add(listener);
      own.wx[`off${name}`] = (listener) => listeners.get(name).delete(listener);
    }
    return own;
  }

  return { party };
}
