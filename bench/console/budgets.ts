/** The budgets of the console at 10,000 jobs. Names end with their unit. */
export const budgets: Readonly<Record<string, number>> = {
  jobsPageJsKb: 190,
  jobPageJsKb: 40,
  launchPageJsKb: 220,
  firstRowsMs: 1_000,
  firstRowsSlowMs: 2_000,
  domNodes: 500,
  scrollFrameP95Ms: 40,
  heapMb: 60,
  idleCpuPercent: 1,
  requestsOfHiddenTab: 0,
  searchAnswerP95Ms: 100,
  changeOnScreenP95Ms: 2_000,
};
