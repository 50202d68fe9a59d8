/** Inline, so that they take the text's colour and cost no request. All are decoration: the text beside them speaks. */
const Icon = ({ d, size = 16 }: { d: string; size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 16 16" fill="none" aria-hidden="true" focusable="false">
    <path d={d} stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
  </svg>
)

export const CopyIcon = () => <Icon d="M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z" size={14} />
export const CheckIcon = () => <Icon d="m3 8.5 3.2 3L13 4.5" size={14} />
export const OutIcon = () => <Icon d="M6 3H3v10h10v-3M9 3h4v4M13 3 7.5 8.5" size={13} />
export const TrashIcon = () => <Icon d="M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9M6.7 7.5v3.2M9.3 7.5v3.2" />
export const CameraIcon = () => <Icon d="M1.5 4.5h9v7h-9zM10.5 7l4-2v6l-4-2z" />
export const KeyIcon = () => <Icon d="M10 2.5a3.5 3.5 0 1 1-2.4 6L3 13.5H2v-2h1.5V10H5l1.6-1.6M10.8 5.2v0" size={14} />
export const SystemIcon = () => <Icon d="M2 3h12v8H2zM6 13.5h4M8 11v2.5" />
export const SunIcon = () => (
  <Icon d="M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM8 1v1.3M8 13.7V15M1 8h1.3M13.7 8H15M3 3l.9.9M12.1 12.1l.9.9M3 13l.9-.9M12.1 3.9 13 3" />
)
export const MoonIcon = () => <Icon d="M13.2 9.7A5.6 5.6 0 0 1 6.3 2.8a5.6 5.6 0 1 0 6.9 6.9z" />
export const ToIcon = () => <Icon d="M2.5 8h11M9.5 4.5 13.5 8l-4 3.5" size={12} />
export const PlayIcon = () => <Icon d="M4.5 2.5v11l8.5-5.5z" />
export const PauseIcon = () => <Icon d="M5 3v10M11 3v10" />
export const FrameBackIcon = () => <Icon d="M12.5 3v10l-7-5zM3.5 3v10" />
export const FrameOnIcon = () => <Icon d="M3.5 3v10l7-5zM12.5 3v10" />

const SORTED = { ascending: "M8 13V3M4 7l4-4 4 4", descending: "M8 3v10M4 9l4 4 4-4" }
export const SortIcon = ({ direction }: { direction: keyof typeof SORTED | undefined }) => (
  <Icon d={direction ? SORTED[direction] : ""} size={12} />
)

export const Mark = () => (
  <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true" focusable="false" className="mark">
    <rect width="32" height="32" rx="7" fill="currentColor" />
    <path className="mark-arm" d="M8 24V14l8-6 8 6v10" />
    <circle className="mark-joint" cx="16" cy="17" r="3" />
  </svg>
)
