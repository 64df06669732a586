/** Variables of the server that an engine may see: where programs, libraries and caches lie, and how the engine itself is tuned. */
const PASSED_NAMES = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'VIRTUAL_ENV',
  'CONDA_PREFIX',
  'PYTHONPATH',
  'PYTHONHOME',
  'HF_HOME',
  'HF_HUB_CACHE',
  'HUGGINGFACE_HUB_CACHE',
  'SYSTEMROOT',
  'WINDIR',
  'CC',
  'CXX',
  'MAX_JOBS',
]);
const PASSED_PREFIXES = [
  'LC_',
  'XDG_',
  'CUDA_',
  'NVIDIA_',
  'NCCL_',
  'UCX_',
  'GLOO_',
  'ROCM_',
  'HIP_',
  'HSA_',
  'VLLM_',
  'SGLANG_',
  'TRTLLM_',
  'TLLM_',
  'FLASHINFER_',
  'TORCH',
  'PYTORCH_',
  'TRITON_',
  'OMP_',
  'MKL_',
  'KMP_',
  'OPENBLAS_',
  'GGML_',
];
/** Names that look like a secret are never passed on, whatever they begin with. */
const SECRET = /KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL/;

/**
 * The environment of an engine's process: a chosen part of the server's, so that no secret of the server (keys, tokens, `CONCERT_…`)
 * reaches a foreign program, then `added` over it.
 */
export function childEnvironment(
  added: Readonly<Record<string, string>>,
  server: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const passed = Object.entries(server).filter((entry): entry is [string, string] => {
    const [name, value] = entry;
    const isChosen = PASSED_NAMES.has(name) || PASSED_PREFIXES.some((prefix) => name.startsWith(prefix));
    return value !== undefined && isChosen && !SECRET.test(name);
  });
  return { ...Object.fromEntries(passed), ...added };
}
