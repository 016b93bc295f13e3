export const handler = async () => 'in the place of the poller, whose hash changes with it';
