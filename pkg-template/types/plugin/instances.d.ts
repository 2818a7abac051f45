// What the pages and the component of the plugin's project keep beside their data, and what only some hosts have. For the type
// checker only; the package does not have this file.

declare namespace WechatMiniprogram {
  namespace Page {
    interface InstanceProperties {
      /** The call page's call. */
      call: import('../../index.js').Call;
      /** Its sound and picture. */
      media: import('../../../pkg-template/plugin/plugin/voip-chat.js').VoipChatMedia | undefined;
      isShown?: boolean;
      /** Whether the page is to go where the developer wants to be after a call, as soon as it is shown. */
      isDue?: boolean;
      /** Goes there, after a while. */
      leaving: number;
      /** Stops waiting for calls. */
      close?: (() => void) | undefined;
    }
  }
  namespace Component {
    interface InstanceProperties {
      /** The buttons that are shown, as a text. */
      events?: string;
      /** Whether they are others than at the last tap. */
      areOthers?: boolean;
      /** When the last tap was, in milliseconds since the Unix epoch. */
      tappedAt: number;
    }
  }
}

/** What mini-programs on devices have. */
declare const wmpf: object;
