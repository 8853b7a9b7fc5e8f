customElements.define('lamp-part', class extends HTMLElement {
  connectedCallback() {
    this.made = (this.made ?? 0) + 1;
    if (this.shadowRoot) return;
    this.attachShadow({ mode: 'open' }).innerHTML =
      '<style>h2 { margin: 0 }</style><h2></h2><slot></slot><slot name="price"></slot>';
    this.shadowRoot.querySelector('h2').textContent = this.getAttribute('name');
  }
});
customElements.define('part-count', class extends HTMLElement {
  connectedCallback() {
    this.attachShadow({ mode: 'open' }).textContent = 'several';
  }
});
