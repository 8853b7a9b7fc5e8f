/** The shared worker of the results page. */

import { answerTabs } from '../stream/answer.js';
import { EVENT_NAMES } from './messages.js';

answerTabs(EVENT_NAMES);
