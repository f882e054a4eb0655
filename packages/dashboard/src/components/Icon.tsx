// The few icons of the page, drawn in the text's colour; always beside a name.

const paths = {
  pause: 'M7 4h3v16H7zM14 4h3v16h-3z',
  play: 'M7 4l13 8-13 8z',
  stop: 'M5 5h14v14H5z',
  plus: 'M11 4h2v7h7v2h-7v7h-2v-7H4v-2h7z',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 2a7 7 0 1 1 0 14 7 7 0 0 1 0-14zm-1 2v6l4.500 2.700 1-1.700-3.500-2V7z',
  close: 'M6.400 5L5 6.400 10.600 12 5 17.600 6.400 19l5.600-5.600 5.600 5.600 1.400-1.400-5.600-5.600L19 6.400 17.600 5 12 10.600z',
  star: 'M12 3l2.700 5.700 6.300.8-4.600 4.300 1.200 6.200L12 17l-5.600 3 1.200-6.200L3 9.500l6.300-.8z',
  down: 'M11 4h2v9l3.500-3.500 1.400 1.400L12 17l-5.900-6.100 1.400-1.400L11 13zM5 19h14v2H5z',
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
        <path d="M42 6h23a11.500 14 0 0 1-23 0z" />
      </g>
      <path fill="var(--zone)" d="M19 9h19a9.500 12 0 0 1-19 0z" />
    </svg>
  );
}
