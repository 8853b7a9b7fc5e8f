/** The shared worker of a site's pages. */

import { EVENT_NAMES } from '../messages.js';
import { answerTabs } from './answer.js';

answerTabs(EVENT_NAMES);
