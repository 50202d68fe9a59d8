import type { Failure } from "../playback/camera.ts"

/** A profile of each codec that every browser with the codec plays, by the name info.json has for it. */
const CODECS: Record<string, { type: string; title: string }> = {
  av1: { type: "av01.0.05M.08", title: "AV1" },
  h264: { type: "avc1.640028", title: "H.264" },
  hevc: { type: "hvc1.1.6.L93.B0", title: "H.265 (HEVC)" },
  vp9: { type: "vp09.00.10.08", title: "VP9" },
  mpeg4: { type: "mp4v.20.9", title: "MPEG-4 part 2" },
}

interface Props {
  failure: Failure
  /** As the dataset declares it. */
  codec: string | null
  url: string
  onRetry: () => void
}

/** Why a camera has no picture, as far as a browser lets a page know, and what is left to do. */
export function CameraFailure({ failure, codec, url, onRetry }: Props) {
  return (
    <div className="view-note" role="alert">
      <p>{reasonOf(failure, codec)}</p>
      <div className="row">
        {failure !== "decode" && (
          <button type="button" className="button button-small" onClick={onRetry}>
            Try again
          </button>
        )}
        <a href={url} className="button button-small" rel="noopener noreferrer" target="_blank">
          Download the file
        </a>
      </div>
    </div>
  )
}

function reasonOf(failure: Failure, codec: string | null): string {
  const known = codec === null ? undefined : CODECS[codec.toLowerCase()]
  if (failure === "network") return "The connection to the Hub broke off."
  if (known && document.createElement("video").canPlayType(`video/mp4; codecs="${known.type}"`) === "")
    return `This browser does not play ${known.title}. Another one may; a player on your machine will.`
  const named = known?.title ?? codec ?? "a codec that is not declared"
  if (failure === "decode") return `This browser could not decode a part of the file (${named}).`
  return `The file was not given, or is nothing this browser plays (${named}). Private and gated videos play only for who is signed in at the Hub.`
}
