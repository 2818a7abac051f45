// Why a call is over, in a sentence, and what its reader can do about it.

import { explained } from './explanation.js';
import { t } from './i18n.js';

/** What browsers say of a microphone that cannot be had; a camera that cannot ends no call. */
const DEVICE_CODES = new Set([2007, 2102, 2103]);

/** The service's words for why a call broke, which are the original's, and the texts for them. */
const BREAKS = {
  'room status is abort': 'aborted.other',
  'the other side cannot use its microphone': 'aborted.microphone',
  'call interrupted due to native reason': 'aborted.connection',
  'listener waitOtherToJoin timeout': 'aborted.callerMissing',
  'listener join timeout': 'aborted.listenerLate',
};

/**
 * @param {import('wmpf-voip').CallView} view
 * @returns {{ sentence: string, advice?: string, lacksDevices?: boolean }} `advice` may be the service's own words
 */
export function endingOf({ reason, origin, isCaller, name, errCode, detail, roomType, canContinue }) {
  const who = name || t(isCaller ? 'ended.listener' : 'ended.caller');
  const say = (key) => t(`ended.${key}`, { who });
  const byOther = origin === 'other';
  switch (reason) {
    case 'cancelled':
      return { sentence: say(byOther ? 'cancelled.other' : 'cancelled') };
    case 'rejected':
      return { sentence: say(byOther ? 'rejected.other' : 'rejected') };
    case 'hungUp':
      if (origin === 'timeLimit') return { sentence: say('timeLimit') };
      return { sentence: say(byOther ? 'hungUp.other' : 'hungUp') };
    case 'timeout':
      return { sentence: say(isCaller ? 'timeout.caller' : 'timeout.listener') };
    case 'busy':
      return { sentence: say('busy') };
    case 'aborted':
      return { sentence: say(BREAKS[detail] ?? 'aborted'), advice: detail };
    case 'joinFailed':
      if (DEVICE_CODES.has(errCode)) {
        return { sentence: say(errCode), advice: say(`${errCode}.advice`), lacksDevices: true };
      }
      return { sentence: say('joinFailed'), advice: detail };
    case 'elsewhere':
      return { sentence: say(canContinue ? 'elsewhere.page' : 'elsewhere') };
    default:
      return { sentence: explained(errCode)?.meaning ?? say('failed'), advice: detail };
  }
}
