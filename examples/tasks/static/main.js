/** What is on this page is brought to life. */

import { showFeed } from './feed.js';
import { showJobs } from './jobs.js';

const find = (/** @type {string} */ id) => document.getElementById(id);
const job = find('job');

if (job) showFeed(job);
showJobs(/** @type {HTMLElement} */ (find('rows')), {
  none: /** @type {HTMLElement} */ (find('none')),
  current: job?.dataset.job ?? '',
  watching: find('watching'),
});
