/**
 * The calls of the seed's own hooks (`use-backend-datasets`, `use-job-monitoring`, `useHuggingFaceSearch`), as that
 * document writes them: same paths, same bodies, same reading of the answers. They must work against our API unchanged.
 */
export interface BackendDataset {
  id: number
  source: { type: "huggingface"; repo_id: string; revision: string }
  format_type: string
  dataset_metadata?: Record<string, unknown>
  created_at: string
  updated_at?: string
}
export interface BackendJob {
  id: number
  dataset_id: number
  job_type: string
  status: "pending" | "running" | "completed" | "failed"
  progress: number
  result?: Record<string, unknown>
  error_message?: string
}
export interface DatasetStatus {
  dataset_id: number
  status: string
  progress: number
  jobs: BackendJob[]
}
export interface SearchResults {
  datasets: { repo_id: string }[]
  total: number
  hasMore: boolean
  offset: number
  limit: number
}

export function useBackendDatasets(API_BASE: string) {
  const createDataset = async (datasetId: string, commitHash: string, format_type = "lerobot") => {
    const payload = { source: { type: "huggingface", repo_id: datasetId, revision: commitHash }, format_type }
    const response = await fetch(`${API_BASE}/api/v1/datasets/`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(payload),
    })
    return (await response.json()) as BackendDataset
  }
  const listDatasets = async (skip = 0, limit = 100) => {
    const response = await fetch(`${API_BASE}/api/v1/datasets/?skip=${skip}&limit=${limit}`)
    return (await response.json()) as BackendDataset[]
  }
  const getDataset = async (id: number) =>
    (await (await fetch(`${API_BASE}/api/v1/datasets/${id}`)).json()) as BackendDataset
  const deleteDataset = (id: number) => fetch(`${API_BASE}/api/v1/datasets/${id}`, { method: "DELETE" })
  const getDatasetStatus = async (id: number) =>
    (await (await fetch(`${API_BASE}/api/v1/datasets/${id}/status`)).json()) as DatasetStatus
  return { createDataset, listDatasets, getDataset, deleteDataset, getDatasetStatus }
}

/** Two-second polling that stops by itself when every job is completed or failed. */
export function useJobMonitoring(getDatasetStatus: (id: number) => Promise<DatasetStatus>, everyMs = 2000) {
  const startMonitoring = (datasetId: number, onUpdate: (status: DatasetStatus) => void) =>
    new Promise<DatasetStatus>((resolve) => {
      const intervalId = setInterval(async () => {
        const status = await getDatasetStatus(datasetId)
        if (!status) return
        onUpdate(status)
        if (status.jobs.every((job) => job.status === "completed" || job.status === "failed")) {
          clearInterval(intervalId)
          resolve(status)
        }
      }, everyMs)
    })
  return { startMonitoring }
}

export function useHuggingFaceSearch(PORTAL: string) {
  const searchDatasets = async (body: { query: string; limit: number; offset: number; sort: string }) => {
    const response = await fetch(`${PORTAL}/api/datasets/huggingface/search`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    })
    return (await response.json()) as SearchResults
  }
  const searchWithPagination = (query: string, page = 0, limit = 8, sort = "downloads") =>
    searchDatasets({ query, limit, offset: page * limit, sort })
  return { searchDatasets, searchWithPagination }
}
