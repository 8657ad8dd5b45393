// The App that every server of this bench is, and whose deliveries it is sent.
export const appId = 4711
export const account = 9001
export const installation = 5001
export const secret = 'a-secret-of-the-bench'
export const path = '/api/github/webhooks'
