/** How a camera sees the table: its colours and where it hangs. */
export const VIEWS = {
  front: { wall: [196, 205, 214], table: [148, 118, 88], arm: [232, 134, 42], block: [52, 120, 200], at: 1, mirror: 1 },
  side: { wall: [182, 200, 182], table: [120, 104, 92], arm: [70, 78, 96], block: [206, 62, 58], at: 0.86, mirror: -1 },
  top: { wall: [88, 96, 108], table: [176, 160, 132], arm: [240, 240, 240], block: [76, 168, 92], at: 0.78, mirror: 1 },
  wrist: { wall: [142, 130, 116], table: [164, 148, 120], arm: [48, 52, 58], block: [220, 176, 48], at: 1, mirror: 1 },
  depth: { wall: [0, 0, 0], table: [0, 0, 0], arm: [0, 0, 0], block: [0, 0, 0], at: 1, mirror: 1 },
} as const
export type View = keyof typeof VIEWS

/** Frames after which the drawn arm is where it began, so that a clip loops without a jump. Even: takes begin on a key frame. */
export const CYCLE = 90

const ease = (x: number) => x ** 3 * (10 - 15 * x + 6 * x ** 2)
const between = (from: number, to: number, share: number) => from + (to - from) * ease(Math.min(Math.max(share, 0), 1))

interface Pose {
  hand: [number, number]
  block: [number, number]
  held: boolean
}

/** Reach down, take the block across, put it down, come back by way of where the block was. */
function poseAt(frame: number): Pose {
  const share = (frame % CYCLE) / CYCLE
  const left: [number, number] = [0.3, 0.72]
  const right: [number, number] = [0.7, 0.72]
  const home: [number, number] = [0.5, 0.38]
  const move = (from: [number, number], to: [number, number], begin: number, end: number): [number, number] => {
    const way = (share - begin) / (end - begin)
    return [between(from[0], to[0], way), between(from[1], to[1], way)]
  }
  if (share < 0.2) return { hand: move(home, left, 0, 0.2), block: left, held: false }
  if (share < 0.45) return carry(move(left, right, 0.2, 0.45), share, 0.2, 0.45)
  if (share < 0.6) return { hand: move(right, home, 0.45, 0.6), block: right, held: false }
  if (share < 0.72) return { hand: move(home, right, 0.6, 0.72), block: right, held: false }
  if (share < 0.92) return carry(move(right, left, 0.72, 0.92), share, 0.72, 0.92)
  return { hand: move(left, home, 0.92, 1), block: left, held: false }
}

function carry([x, y]: [number, number], share: number, begin: number, end: number): Pose {
  const lifted: [number, number] = [x, y - 0.22 * Math.sin((Math.PI * (share - begin)) / (end - begin))]
  return { hand: lifted, block: lifted, held: true }
}

/** Draws one frame: RGB, 8 bit, row by row; for `depth` 12-bit millimetres through `drawDepth`. */
export function draw(view: View, width: number, height: number, frame: number): Uint8Array {
  const { wall, table, arm, block } = VIEWS[view]
  const colours = {
    wall,
    table,
    arm,
    joint: arm.map((each) => Math.min(each + 40, 255)),
    block,
    shadow: table.map((each) => each * 0.8),
  }
  const pixels = new Uint8Array(width * height * 3)
  eachPixel(view, width, height, frame, (at, part, shade) => {
    const colour = colours[part]
    for (let channel = 0; channel < 3; channel++) pixels[at * 3 + channel] = Math.min(255, colour[channel]! * shade)
  })
  return pixels
}

/** Millimetres from the camera, row by row. */
export function drawDepth(width: number, height: number, frame: number): Uint16Array {
  const far = { wall: 1400, table: 900, arm: 620, joint: 600, block: 760, shadow: 900 }
  const pixels = new Uint16Array(width * height)
  eachPixel("depth", width, height, frame, (at, part, shade) => {
    pixels[at] = Math.round(far[part] * (part === "table" || part === "shadow" ? shade : 1))
  })
  return pixels
}

type Part = "wall" | "table" | "arm" | "joint" | "block" | "shadow"

function eachPixel(
  view: View,
  width: number,
  height: number,
  frame: number,
  paint: (at: number, part: Part, shade: number) => void,
) {
  const scene = view === "wrist" ? fromWrist(frame) : fromAfar(view, frame)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = (column + 0.5) / width
      const y = (row + 0.5) / height
      // Bands instead of a gradient: few distinct levels, as a small clip wants.
      const shade = 0.9 + 0.2 * (Math.floor(y * 10) / 10)
      paint(row * width + column, scene(x, y), shade)
    }
  }
}

function fromAfar(view: View, frame: number): (x: number, y: number) => Part {
  const { at, mirror } = VIEWS[view]
  const { hand, block } = poseAt(frame)
  const base: [number, number] = [0.5, 0.16]
  const elbow = elbowOf(base, hand)
  return (rawX, rawY) => {
    const x = 0.5 + ((rawX - 0.5) * mirror) / at
    const y = 0.5 + (rawY - 0.5) / at
    if (Math.hypot(x - elbow[0], y - elbow[1]) < 0.045 || Math.hypot(x - base[0], y - base[1]) < 0.07) return "joint"
    if (near(x, y, base, elbow) < 0.035 || near(x, y, elbow, hand) < 0.028) return "arm"
    if (Math.abs(x - block[0]) < 0.055 && Math.abs(y - block[1] - 0.05) < 0.055) return "block"
    if (y > 0.6 && Math.hypot((x - hand[0]) * 0.8, (y - 0.82) * 3) < 0.1) return "shadow"
    return y > 0.6 ? "table" : "wall"
  }
}

/** The camera looks along the fingers: the block swells as the hand comes down. */
function fromWrist(frame: number): (x: number, y: number) => Part {
  const { hand, block, held } = poseAt(frame)
  const size = held ? 0.2 : 0.06 + 0.14 * Math.max(0, 1 - Math.hypot(hand[0] - block[0], hand[1] - block[1]) / 0.6)
  const x0 = 0.5 + (block[0] - hand[0])
  const y0 = 0.55 + (block[1] - hand[1])
  const grip = held ? 0.2 : 0.3
  return (x, y) => {
    if (y > 0.62 && (Math.abs(x - 0.5 + grip) < 0.06 || Math.abs(x - 0.5 - grip) < 0.06)) return "arm"
    if (y > 0.93) return "joint"
    if (Math.abs(x - x0) < size && Math.abs(y - y0) < size) return "block"
    return (Math.floor((x + hand[0]) * 6) + Math.floor((y + hand[1]) * 6)) % 2 ? "table" : "wall"
  }
}

function elbowOf(base: [number, number], hand: [number, number]): [number, number] {
  const [dx, dy] = [hand[0] - base[0], hand[1] - base[1]]
  const reach = Math.hypot(dx, dy)
  const bend = Math.sqrt(Math.max(0.34 ** 2 - (reach / 2) ** 2, 0.002))
  return [base[0] + dx / 2 + (dy / reach) * bend, base[1] + dy / 2 - (dx / reach) * bend]
}

function near(x: number, y: number, a: [number, number], b: [number, number]): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
  const along = Math.min(Math.max(((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy), 0), 1)
  return Math.hypot(x - a[0] - along * dx, y - a[1] - along * dy)
}
