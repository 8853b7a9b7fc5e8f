// The buoy's lamp: it goes on and off at a press. The same file on all three pages.
const lamp = document.querySelector('#lamp');

lamp.addEventListener('click', () => {
  const isLit = lamp.getAttribute('aria-pressed') === 'true';
  lamp.setAttribute('aria-pressed', String(!isLit));
});
lamp.disabled = false; // until here it shows that the policy has let no script pass
