// Why a call is over, in a sentence, and what its reader can do about it. What stands in the view for developers
// (`detail`) is in English, and is in the diagram.

import { explainAbort } from 'wmpf-voip';
import { explained } from './explanation.js';
import { language, t } from './i18n.js';

/** What browsers say of a microphone that cannot be had; a camera that cannot ends no call. */
const DEVICE_CODES = new Set([2007, 2102, 2103]);

/**
 * @param {import('wmpf-voip').CallView} view
 * @returns {{ sentence: string, advice?: string, lacksDevices?: boolean }}
 */
export function endingOf({ reason, origin, isCaller, name, errCode, detail, canContinue }) {
  const who = name || t(isCaller ? 'ended.listener' : 'ended.caller');
  /** @param {string | number} key */
  const say = (key) => t(`ended.${key}`, { who });
  const byOther = origin === 'other';
  const { meaning, remedy } = explained(errCode) ?? {};
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
      return { sentence: say('aborted'), advice: explainAbort(detail, language()) ?? asSentence(meaning) };
    case 'joinFailed':
      if (errCode !== undefined && DEVICE_CODES.has(errCode)) {
        return { sentence: say(errCode), advice: say(`${errCode}.advice`), lacksDevices: true };
      }
      return { sentence: say('joinFailed'), advice: asSentence(meaning) };
    case 'elsewhere':
      return { sentence: say(canContinue ? 'elsewhere.page' : 'elsewhere') };
    default:
      return { sentence: asSentence(meaning) ?? say('failed'), advice: remedy };
  }
}

/** Meanings begin with a small letter, because they stand in lists. @param {string | undefined} meaning */
const asSentence = (meaning) => meaning && meaning[0].toUpperCase() + meaning.slice(1);
