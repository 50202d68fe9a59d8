import { launchBrowser } from "./browser.ts"
const b = await launchBrowser()
const p = await b.newPage()
await p.goto("http://127.0.0.1:4810/")
console.log(
  await p.evaluate(() =>
    [
      'video/mp4; codecs="avc1.42E01E"',
      'video/mp4; codecs="av01.0.00M.08"',
      'video/mp4; codecs="hvc1.1.6.L93.B0"',
      'video/mp4; codecs="hev1.2.4.L93.B0"',
      'video/webm; codecs="vp9"',
      'video/mp4; codecs="mp4v.20.9"',
    ].map(
      (t) =>
        t +
        " -> " +
        document.createElement("video").canPlayType(t) +
        " rvfc " +
        ("requestVideoFrameCallback" in HTMLVideoElement.prototype),
    ),
  ),
)
for (const [id, n] of [
  [1, 5],
  [5, 1],
  [3, 1],
]) {
  const ep = await (await fetch(`http://127.0.0.1:4811/api/v1/datasets/${id}/episodes/${n}`)).json()
  for (const v of ep.videos)
    console.log(
      v.camera,
      v.url,
      await p.evaluate(
        async ({ url, at }) => {
          const v = document.createElement("video")
          v.muted = true
          v.src = url
          document.body.append(v)
          const r = await new Promise((r) => {
            v.onloadeddata = () => r("data")
            v.onerror = () => r("error " + v.error!.code + " " + v.error!.message)
            setTimeout(() => r("late"), 8000)
          })
          if (r !== "data") return r
          const out: unknown[] = [r, v.videoWidth, v.duration]
          const seen: number[] = []
          const cb = (_: number, m: any) => {
            seen.push(m.mediaTime)
            v.requestVideoFrameCallback(cb)
          }
          v.requestVideoFrameCallback(cb)
          v.currentTime = at + 0.5 / 30
          await new Promise((r) => (v.onseeked = r))
          await new Promise((r) => setTimeout(r, 300))
          const before = [...seen]
          await v.play()
          await new Promise((r) => setTimeout(r, 1000))
          v.pause()
          return JSON.stringify([...out, before, seen.length, v.currentTime, seen.slice(-3)])
        },
        { url: v.url, at: v.from_s + 1 },
      ),
    )
}
await b.close()
