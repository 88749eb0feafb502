/**
 * The nouns of the page, for the type checker alone. Seconds, µV; times are from the start of a recording.
 *
 * @typedef {"undecided" | "accepted" | "rejected" | "withdrawn"} Verdict
 *
 * @typedef {object} EegEvent
 * @property {number} onset
 * @property {number} duration
 * @property {string} type HED-SCORE name, such as "sz" or "sz_foc_ia"
 * @property {number | null} confidence 0 to 1
 * @property {string[]} channels the most important first; empty: all or unknown
 *
 * @typedef {object} Item One thing to decide.
 * @property {string} recording id of the recording
 * @property {string} name unique within the recording
 * @property {string} origin detector or table that proposed it, or "reader"
 * @property {EegEvent | null} proposed
 * @property {EegEvent} event as it stands
 * @property {Verdict} verdict
 * @property {string} comment
 * @property {number} revision decisions so far; goes back with the next decision
 *
 * @typedef {object} Summary One recording of the folder.
 * @property {string} id
 * @property {string} title
 * @property {string | null} problem why it cannot be read; all below is empty then
 * @property {number} duration
 * @property {number} sampling_rate
 * @property {string[]} channels
 * @property {string | null} start clock time of sample 0, "HH:MM:SS"; with a date in front only where identity may be shown
 * @property {[number, number][]} gaps
 * @property {string[]} montages those that can be made of it; the first is shown at first
 * @property {string[]} notes what was mended, left out or not understood
 *
 * @typedef {object} Session
 * @property {string} ictal version
 * @property {string} reader
 * @property {string} research the sentence that it is not a medical device
 * @property {boolean} show_identity
 * @property {string[]} event_types HED-SCORE list and what is known not to be a seizure
 * @property {{name: string, what: string}[]} detectors those that the page may run
 * @property {Summary[]} recordings
 *
 * @typedef {object} SignalHeader
 * @property {number} start
 * @property {number} stop
 * @property {number} n_columns
 * @property {"samples" | "envelope"} kind envelope: the lowest and the highest sample of each column
 * @property {string[]} leads
 * @property {("left" | "right" | "midline" | "")[]} hemispheres
 * @property {number[]} scale µV of one unit, for each lead
 * @property {[number, number][]} gaps
 * @property {{start: number, stop: number, lead: string, kind: string}[]} artefacts lead: one of the leads, empty for all
 * @property {{high_pass: number | null, low_pass: number | null, notch: number | null}} filters as they were applied
 *
 * @typedef {object} SignalPage
 * @property {SignalHeader} header
 * @property {Int16Array} data [lead][column], or [lead][column][lowest, highest]; -32768 where there is no signal
 *
 * @typedef {object} SignalQuery
 * @property {number} start
 * @property {number} stop
 * @property {string} montage
 * @property {number | null} high_pass Hz
 * @property {number | null} low_pass Hz
 * @property {number | null} notch Hz
 * @property {number} columns pixels across
 *
 * @typedef {object} NightHeader The whole recording at a glance, in columns of equal length.
 * @property {number} n_columns
 * @property {number} step seconds of a column
 * @property {(number | null)[]} probability the highest of each column; null where nothing was analysed
 * @property {(number | null)[]} line_length µV/s, median over the leads
 * @property {(number | null)[]} artefacts share of the channels, 0 to 1
 * @property {string} sampled how much of each column was looked at, in words
 * @property {{sides: string[], frequencies: number[], low: number, high: number}} dsa dB of byte 0 and of byte 255
 * @property {number | null} threshold the probability at which an event begins
 *
 * @typedef {object} Night
 * @property {NightHeader} header
 * @property {Uint8Array} dsa [side][frequency][column]
 *
 * @typedef {object} Reasons Why a detector says so, of one event.
 * @property {string} detector
 * @property {string[]} leads of the detector
 * @property {number[]} onset weight of each lead at the onset, 0 to 1
 * @property {[number, number][]} slices
 * @property {number[][]} weights [slice][lead]
 * @property {{start: number, step: number, shares: number[][]}} seconds share of each [lead][second] in the score
 * @property {Record<string, number>} bands share of each band
 * @property {{size: number, values: (number | null)[], electrodes: {name: string, x: number, y: number, weight: number}[]}} head
 *   a square grid seen from above, nose up, rows from front to back, null outside the head; electrodes in -1 to 1, x to the right, y to the front
 * @property {{hemisphere: string, lobe: string, electrode: string} | null} focus
 * @property {string} words the same in a sentence
 *
 * @typedef {object} DecisionRequest
 * @property {string} key made by the page; sending it again does no harm
 * @property {string} recording
 * @property {string} item
 * @property {number} revision
 * @property {Verdict} verdict
 * @property {EegEvent} event
 * @property {string} comment
 *
 * @typedef {object} Run A detector at work on a recording.
 * @property {string} recording
 * @property {string} detector
 * @property {number} share 0 to 1
 * @property {"waiting" | "running" | "done" | "failed"} state
 * @property {string | null} problem
 * @property {EegEvent[]} events found so far
 *
 * @typedef {object} View How the EEG is shown.
 * @property {number} start seconds at the left edge
 * @property {number} seconds length of a page, 1 to 60
 * @property {number} sensitivity µV/mm
 * @property {string} montage
 * @property {number | null} high_pass
 * @property {number | null} low_pass
 * @property {number | null} notch
 * @property {boolean} colours by hemisphere
 * @property {boolean} reasons whether reasons are shaded behind the traces
 *
 * @typedef {object} State
 * @property {Session | null} session
 * @property {Item[]} items of all recordings, in the order of the server
 * @property {string | null} recording id of the one on screen
 * @property {string | null} item name of the one chosen in it
 * @property {View} view
 * @property {EegEvent | null} draft an event whose edges are being changed, or a new one; not yet decided
 * @property {Reasons | null} reasons of the chosen item
 * @property {Run[]} runs
 * @property {number} waiting decisions that are not on disk yet
 * @property {string | null} banner a problem that stays on screen, such as an unreachable disk
 * @property {string} said the last thing that was done, for the live region
 */

export {};
