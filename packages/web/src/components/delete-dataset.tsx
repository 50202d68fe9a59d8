import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { deleteDataset } from "../api/datasets.ts"
import { shortSha } from "../formatting.ts"
import { Confirm } from "./confirm.tsx"
import { ErrorNote } from "./error-note.tsx"
import { TrashIcon } from "./icons.tsx"

interface Props {
  dataset: DatasetInfo
  /** In a list the button is an icon. */
  isCompact?: boolean
  onDeleted?: () => void
}

export function DeleteDataset({ dataset, isCompact = false, onDeleted }: Props) {
  const [isAsking, setAsking] = useState(false)
  const queryClient = useQueryClient()
  const { repo_id, revision } = dataset.source
  const deletion = useMutation({
    mutationFn: () => deleteDataset(dataset.id),
    onSuccess: async () => {
      setAsking(false)
      onDeleted?.()
      await queryClient.invalidateQueries({ queryKey: ["datasets"] })
    },
  })

  return (
    <>
      <button
        type="button"
        className={`button button-small ${isCompact ? "button-quiet" : ""}`}
        aria-label={isCompact ? `Delete ${repo_id} at ${shortSha(revision)}` : undefined}
        onClick={() => setAsking(true)}
      >
        <TrashIcon /> {!isCompact && "Delete"}
      </button>
      {isAsking && (
        <Confirm
          title="Delete this import?"
          action={deletion.isPending ? "Deleting…" : "Delete"}
          isBusy={deletion.isPending}
          onConfirm={() => deletion.mutate()}
          onClose={() => setAsking(false)}
        >
          <p>
            <code>{repo_id}</code> at <code>{shortSha(revision)}</code>, its jobs and their results go for good. The
            repository on the Hub stays as it is.
          </p>
          {deletion.error && <ErrorNote error={deletion.error} title="It was not deleted" />}
        </Confirm>
      )}
    </>
  )
}
