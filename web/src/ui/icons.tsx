// 24 × 24, drawn with one stroke. Decorative: what they stand for is always said in words too.
const PATHS = {
  overview: 'M4 13h6V4H4zm10 7h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z',
  providers: 'M4 5h16v5H4zm0 9h16v5H4zM8 7.5h.01M8 16.5h.01',
  keys: 'M15.5 4a4.5 4.5 0 1 0-4.2 6.1L4 17.5V20h3v-2h2v-2h2l2.5-2.5M16 8h.01',
  logs: 'M4 6h.01M4 12h.01M4 18h.01M8 6h12M8 12h12M8 18h12',
  usage: 'M4 20h16M7 20v-6m5 6V5m5 15v-9',
  playground: 'M4 5h16v11h-8l-4 4v-4H4zm4 4h8m-8 3.5h5',
  workspace: 'M4 20V7l8-3.5L20 7v13zM9 20v-5h6v5M9 10h.01M15 10h.01',
  account: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-7.5 8.5a7.5 7.5 0 0 1 15 0',
  start: 'M5 12.5 9.5 17 19 7.5',
  plus: 'M12 5v14M5 12h14',
  check: 'M5 12.5 9.5 17 19 7.5',
  close: 'M6 6l12 12M18 6 6 18',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  up: 'm6 15 6-6 6 6',
  down: 'm6 9 6 6 6-6',
  left: 'm15 6-6 6 6 6',
  right: 'm9 6 6 6-6 6',
  updown: 'm8 9.5 4-4 4 4m-8 5 4 4 4-4',
  arrow: 'M5 12h14m-5-5 5 5-5 5',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm5-2 4 4',
  filter: 'M4 6h16M7 12h10m-7 6h4',
  system: 'M4 5h16v11H4zm5 15h6m-3-4v4',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm0-13v1.5m0 15V21m9-9h-1.5m-15 0H3m15.4-6.4-1 1M6.6 17.4l-1 1m12.8 0-1-1M6.6 6.6l-1-1',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  language:
    'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c2.5 2.5 3.5 5.5 3.5 9s-1 6.5-3.5 9c-2.5-2.5-3.5-5.5-3.5-9S9.5 5.5 12 3z',
  logout: 'M10 4H5v16h5m5-4 4-4-4-4m4 4H9',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  eyeOff:
    'M4 4l16 16M9.5 6a9 9 0 0 1 2.5-.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-2.7 3.4M6 7.7A16 16 0 0 0 2.5 12S6 18.5 12 18.5c1.6 0 3-.5 4.2-1.1M10.2 10.3a2.5 2.5 0 0 0 3.5 3.5',
  alert: 'M12 4 2.5 20h19zm0 6v4.5m0 2.5h.01',
  grip: 'M9 6h.01M9 12h.01M9 18h.01M15 6h.01M15 12h.01M15 18h.01',
  trash: 'M4 7h16M9 7V4h6v3m-8.5 0 1 13h9l1-13M10 11v5m4-5v5',
  edit: 'M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5l3.5 3.5',
  play: 'M7 4.5v15l12-7.5z',
  stop: 'M6 6h12v12H6z',
  refresh: 'M20 12a8 8 0 1 1-2.4-5.7L20 8.5M20 4v4.5h-4.5',
  download: 'M12 4v11m-4.5-4 4.5 4.5 4.5-4.5M4 20h16',
  external: 'M14 4h6v6m0-6-9 9M10 5H4v15h15v-6',
  live: 'M12 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2zM8 16a5.7 5.7 0 0 1 0-8m8 0a5.7 5.7 0 0 1 0 8M5 19a9.9 9.9 0 0 1 0-14m14 0a9.9 9.9 0 0 1 0 14',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zm0-13.5V12l3 2',
  bolt: 'M13 3 5 14h6l-1 7 8-11h-6z',
  code: 'm8 7-5 5 5 5m8-10 5 5-5 5M13.5 5l-3 14',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}

/** The sign of the product, in the colour of the text around it. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg
      width={size * 1.5}
      height={size}
      viewBox="0 0 36 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="3"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M18 12c-3.3-4.5-5.9-6.7-9.3-6.7a6.7 6.7 0 0 0 0 13.4c3.4 0 6-2.2 9.3-6.7s5.9-6.7 9.3-6.7a6.7 6.7 0 0 1 0 13.4c-3.4 0-6-2.2-9.3-6.7z" />
    </svg>
  )
}
