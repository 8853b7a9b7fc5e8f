/**
 * What the page knows: the board as it was told on connecting, and every event after it.
 * Pure. An event that is told twice, as after a resumed stream, changes nothing the second time.
 */

const NOTICES = 12;

/** @returns {object | null} the board with the event in it; null before there is one */
export function follow(board, name, data) {
  if (name === 'board') return { ...data, samples: join(board, data) };
  if (board === null) return null;
  return { ...board, ...changes[name](board, data) };
}

/** A server that has begun anew knows less than we have seen of the same machine: that is kept. */
function join(known, { machine, samples, window }) {
  const isSame = known?.machine.name === machine.name && known.machine.since === machine.since;
  const begin = samples[0]?.at ?? Infinity;
  const earlier = isSame ? known.samples.filter(({ at }) => at < begin) : [];
  return [...earlier, ...samples].slice(-window);
}

const changes = {
  metric: ({ samples, window }, sample) =>
    isNewer(samples, sample, 'at') ? { samples: [...samples, sample].slice(-window) } : {},
  processes: (_, processes) => ({ processes }),
  status: (_, status) => ({ status }),
  alert: ({ alerts }, alert) => {
    const others = alerts.filter(({ rule }) => rule !== alert.rule);
    return { alerts: alert.level === 'cleared' ? others : [...others, alert] };
  },
  notification: ({ notifications }, notice) =>
    isNewer(notifications, notice, 'number')
      ? { notifications: [...notifications, notice].slice(-NOTICES) }
      : {},
};

export const NAMES = ['board', ...Object.keys(changes)];

const isNewer = (known, one, key) => known.length === 0 || one[key] > known.at(-1)[key];

/** The figures of one sample that charts show; null where the system does not count them. */
export function figures(sample) {
  const { cores, memory, swap, disk, network } = sample;
  return {
    cpu: cores.reduce((sum, one) => sum + one, 0) / cores.length,
    memory: share(memory),
    swap: share(swap),
    read: disk && disk.inward,
    written: disk && disk.outward,
    received: network && network.inward,
    sent: network && network.outward,
  };
}

const share = ({ used, total }) => (total > 0 ? (100 * used) / total : null);
