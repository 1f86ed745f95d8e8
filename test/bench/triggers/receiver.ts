export const receiver = async () => undefined
