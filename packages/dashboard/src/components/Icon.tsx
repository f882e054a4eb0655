// The few icons of the page, drawn in the text's colour; always beside a name.

const paths = {
  pause: 'M7 4h3v16H7zM14 4h3v16h-3z',
  play: 'M7 4l13 8-13 8z',
  stop: 'M5 5h14v14H5z',
  plus: 'M11 4h2v7h7v2h-7v7h-2v-7H4v-2h7z',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 2a7 7 0 1 1 0 14 7 7 0 0 1 0-14zm-1 2v6l4.5 2.7 1-1.7-3.5-2V7z',
  close: 'M6.4 5L5 6.4 10.6 12 5 17.6 6.4 19l5.6-5.6 5.6 5.6 1.4-1.4-5.6-5.600L19 6.4 17.6 5 12 10.600z',
  star: 'M12 3l2.7 5.7 6.3.8-4.6 4.3 1.2 6.200L12 17l-5.6 3 1.2-6.200L3 9.500l6.3-.8z',
  down: 'M11 4h2v9l3.5-3.5 1.4 1.400L12 17l-5.9-6.1 1.4-1.400L11 13zM5 19h14v2H5z',
  note: 'M4 4h16v12l-5 5H4zm2 2v13h8v-4h4V6z',
  more: 'M5 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm7 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm7 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  range: 'M3 6h2v12H3zm16 0h2v12h-2zM7 11h10v2H7z',
  theme: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 2v14a7 7 0 0 1 0-14z',
  copy: 'M8 3h12v14h-4v4H4V7h4zm2 4h6v8h2V5h-8zM6 9v10h8V9z',
};

export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" fill="currentColor">
      <path d={paths[name]} />
    </svg>
  );
}

/** Three bowls: too small, too big, just right. */
export function Bowls() {
  return (
    <svg viewBox="0 0 66 26" aria-hidden="true">
      <g fill="var(--base)" opacity=".5">
        <path d="M1 13h14a7 8 0 0 1-14 0z" />
        <path d="M42 6h23a11.5 14 0 0 1-23 0z" />
      </g>
      <path fill="var(--zone)" d="M19 9h19a9.5 12 0 0 1-19 0z" />
    </svg>
  );
}
